package io.sluice.core.memory;

/// Checks that a thread has enough stack left, before a step that must not be left half done.
///
/// A `StackOverflowError` can come out of any call. Between the compare-and-set that takes a lock and the bookkeeping
/// behind it, it would leave a held lock whose caller does not know that it holds it. So each operation with such a
/// place begins with [#probe]: with less than 8 KiB left, the error is thrown there, before anything has changed.
///
/// That suffices for the operation's steps on words of shared memory, and for taking them back when a later step fails:
/// some two KiB in the interpreter. It does not suffice for a system call, for the first run of code that makes the JVM
/// load classes, or for user code. So these come last, or the steps that take everything back stand in a `finally` of
/// the method that has probed.
///
/// - **Blocking:** never.
/// - **Threads:** any, platform or virtual.
/// - **Allocation:** none.
public final class StackRoom {
    /*
     * How it works. HotSpot checks the stack when a method is entered, for the whole frame of that method.
     *
     *   interpreted   The frame holds the variables of probe(), 1,024 words, used or not. A callee of the operation
     *                 needs less.
     *   compiled      C1 and C2 check at the entry of each compiled method, for the larger of its own frame and of the
     *                 interpreter's frames that it becomes when it is deoptimized: those of all methods that were
     *                 inlined at one of its exits to the interpreter. The throw is such an exit. So a caller that
     *                 has inlined probe() checks for 8 KiB when it is entered, and pays one load and one branch here;
     *                 otherwise probe() checks for itself. Callees that are not inlined check for theirs,
     *                 and find the room that was checked here.
     *
     * The field is never written, and the compiler cannot know that. A call of any method instead of the throw would be
     * inlined and vanish, and the exit with it.
     */
    private static int neverSet;

    private StackRoom() {}

    /// Throws if the calling thread has less than 8 KiB of stack left.
    ///
    /// @throws StackOverflowError if so
    @SuppressWarnings("UnusedVariable")   // the variables are the frame
    public static void probe() {
        long l000, l001, l002, l003, l004, l005, l006, l007, l008, l009, l010, l011, l012, l013, l014, l015;
        long l016, l017, l018, l019, l020, l021, l022, l023, l024, l025, l026, l027, l028, l029, l030, l031;
        long l032, l033, l034, l035, l036, l037, l038, l039, l040, l041, l042, l043, l044, l045, l046, l047;
        long l048, l049, l050, l051, l052, l053, l054, l055, l056, l057, l058, l059, l060, l061, l062, l063;
        long l064, l065, l066, l067, l068, l069, l070, l071, l072, l073, l074, l075, l076, l077, l078, l079;
        long l080, l081, l082, l083, l084, l085, l086, l087, l088, l089, l090, l091, l092, l093, l094, l095;
        long l096, l097, l098, l099, l100, l101, l102, l103, l104, l105, l106, l107, l108, l109, l110, l111;
        long l112, l113, l114, l115, l116, l117, l118, l119, l120, l121, l122, l123, l124, l125, l126, l127;
        long l128, l129, l130, l131, l132, l133, l134, l135, l136, l137, l138, l139, l140, l141, l142, l143;
        long l144, l145, l146, l147, l148, l149, l150, l151, l152, l153, l154, l155, l156, l157, l158, l159;
        long l160, l161, l162, l163, l164, l165, l166, l167, l168, l169, l170, l171, l172, l173, l174, l175;
        long l176, l177, l178, l179, l180, l181, l182, l183, l184, l185, l186, l187, l188, l189, l190, l191;
        long l192, l193, l194, l195, l196, l197, l198, l199, l200, l201, l202, l203, l204, l205, l206, l207;
        long l208, l209, l210, l211, l212, l213, l214, l215, l216, l217, l218, l219, l220, l221, l222, l223;
        long l224, l225, l226, l227, l228, l229, l230, l231, l232, l233, l234, l235, l236, l237, l238, l239;
        long l240, l241, l242, l243, l244, l245, l246, l247, l248, l249, l250, l251, l252, l253, l254, l255;
        long l256, l257, l258, l259, l260, l261, l262, l263, l264, l265, l266, l267, l268, l269, l270, l271;
        long l272, l273, l274, l275, l276, l277, l278, l279, l280, l281, l282, l283, l284, l285, l286, l287;
        long l288, l289, l290, l291, l292, l293, l294, l295, l296, l297, l298, l299, l300, l301, l302, l303;
        long l304, l305, l306, l307, l308, l309, l310, l311, l312, l313, l314, l315, l316, l317, l318, l319;
        long l320, l321, l322, l323, l324, l325, l326, l327, l328, l329, l330, l331, l332, l333, l334, l335;
        long l336, l337, l338, l339, l340, l341, l342, l343, l344, l345, l346, l347, l348, l349, l350, l351;
        long l352, l353, l354, l355, l356, l357, l358, l359, l360, l361, l362, l363, l364, l365, l366, l367;
        long l368, l369, l370, l371, l372, l373, l374, l375, l376, l377, l378, l379, l380, l381, l382, l383;
        long l384, l385, l386, l387, l388, l389, l390, l391, l392, l393, l394, l395, l396, l397, l398, l399;
        long l400, l401, l402, l403, l404, l405, l406, l407, l408, l409, l410, l411, l412, l413, l414, l415;
        long l416, l417, l418, l419, l420, l421, l422, l423, l424, l425, l426, l427, l428, l429, l430, l431;
        long l432, l433, l434, l435, l436, l437, l438, l439, l440, l441, l442, l443, l444, l445, l446, l447;
        long l448, l449, l450, l451, l452, l453, l454, l455, l456, l457, l458, l459, l460, l461, l462, l463;
        long l464, l465, l466, l467, l468, l469, l470, l471, l472, l473, l474, l475, l476, l477, l478, l479;
        long l480, l481, l482, l483, l484, l485, l486, l487, l488, l489, l490, l491, l492, l493, l494, l495;
        long l496, l497, l498, l499, l500, l501, l502, l503, l504, l505, l506, l507, l508, l509, l510, l511;
        if (neverSet != 0) {
            throw new AssertionError(neverSet);
        }
    }

    /// Throws if the calling thread has less than 16 KiB of stack left: for an operation of many layers, some of which
    /// call [#probe] themselves.
    ///
    /// @throws StackOverflowError if so
    @SuppressWarnings("UnusedVariable")   // as above
    public static void probeDeep() {
        long d0000, d0001, d0002, d0003, d0004, d0005, d0006, d0007, d0008, d0009, d0010, d0011, d0012, d0013, d0014;
        long d0015, d0016, d0017, d0018, d0019, d0020, d0021, d0022, d0023, d0024, d0025, d0026, d0027, d0028, d0029;
        long d0030, d0031, d0032, d0033, d0034, d0035, d0036, d0037, d0038, d0039, d0040, d0041, d0042, d0043, d0044;
        long d0045, d0046, d0047, d0048, d0049, d0050, d0051, d0052, d0053, d0054, d0055, d0056, d0057, d0058, d0059;
        long d0060, d0061, d0062, d0063, d0064, d0065, d0066, d0067, d0068, d0069, d0070, d0071, d0072, d0073, d0074;
        long d0075, d0076, d0077, d0078, d0079, d0080, d0081, d0082, d0083, d0084, d0085, d0086, d0087, d0088, d0089;
        long d0090, d0091, d0092, d0093, d0094, d0095, d0096, d0097, d0098, d0099, d0100, d0101, d0102, d0103, d0104;
        long d0105, d0106, d0107, d0108, d0109, d0110, d0111, d0112, d0113, d0114, d0115, d0116, d0117, d0118, d0119;
        long d0120, d0121, d0122, d0123, d0124, d0125, d0126, d0127, d0128, d0129, d0130, d0131, d0132, d0133, d0134;
        long d0135, d0136, d0137, d0138, d0139, d0140, d0141, d0142, d0143, d0144, d0145, d0146, d0147, d0148, d0149;
        long d0150, d0151, d0152, d0153, d0154, d0155, d0156, d0157, d0158, d0159, d0160, d0161, d0162, d0163, d0164;
        long d0165, d0166, d0167, d0168, d0169, d0170, d0171, d0172, d0173, d0174, d0175, d0176, d0177, d0178, d0179;
        long d0180, d0181, d0182, d0183, d0184, d0185, d0186, d0187, d0188, d0189, d0190, d0191, d0192, d0193, d0194;
        long d0195, d0196, d0197, d0198, d0199, d0200, d0201, d0202, d0203, d0204, d0205, d0206, d0207, d0208, d0209;
        long d0210, d0211, d0212, d0213, d0214, d0215, d0216, d0217, d0218, d0219, d0220, d0221, d0222, d0223, d0224;
        long d0225, d0226, d0227, d0228, d0229, d0230, d0231, d0232, d0233, d0234, d0235, d0236, d0237, d0238, d0239;
        long d0240, d0241, d0242, d0243, d0244, d0245, d0246, d0247, d0248, d0249, d0250, d0251, d0252, d0253, d0254;
        long d0255, d0256, d0257, d0258, d0259, d0260, d0261, d0262, d0263, d0264, d0265, d0266, d0267, d0268, d0269;
        long d0270, d0271, d0272, d0273, d0274, d0275, d0276, d0277, d0278, d0279, d0280, d0281, d0282, d0283, d0284;
        long d0285, d0286, d0287, d0288, d0289, d0290, d0291, d0292, d0293, d0294, d0295, d0296, d0297, d0298, d0299;
        long d0300, d0301, d0302, d0303, d0304, d0305, d0306, d0307, d0308, d0309, d0310, d0311, d0312, d0313, d0314;
        long d0315, d0316, d0317, d0318, d0319, d0320, d0321, d0322, d0323, d0324, d0325, d0326, d0327, d0328, d0329;
        long d0330, d0331, d0332, d0333, d0334, d0335, d0336, d0337, d0338, d0339, d0340, d0341, d0342, d0343, d0344;
        long d0345, d0346, d0347, d0348, d0349, d0350, d0351, d0352, d0353, d0354, d0355, d0356, d0357, d0358, d0359;
        long d0360, d0361, d0362, d0363, d0364, d0365, d0366, d0367, d0368, d0369, d0370, d0371, d0372, d0373, d0374;
        long d0375, d0376, d0377, d0378, d0379, d0380, d0381, d0382, d0383, d0384, d0385, d0386, d0387, d0388, d0389;
        long d0390, d0391, d0392, d0393, d0394, d0395, d0396, d0397, d0398, d0399, d0400, d0401, d0402, d0403, d0404;
        long d0405, d0406, d0407, d0408, d0409, d0410, d0411, d0412, d0413, d0414, d0415, d0416, d0417, d0418, d0419;
        long d0420, d0421, d0422, d0423, d0424, d0425, d0426, d0427, d0428, d0429, d0430, d0431, d0432, d0433, d0434;
        long d0435, d0436, d0437, d0438, d0439, d0440, d0441, d0442, d0443, d0444, d0445, d0446, d0447, d0448, d0449;
        long d0450, d0451, d0452, d0453, d0454, d0455, d0456, d0457, d0458, d0459, d0460, d0461, d0462, d0463, d0464;
        long d0465, d0466, d0467, d0468, d0469, d0470, d0471, d0472, d0473, d0474, d0475, d0476, d0477, d0478, d0479;
        long d0480, d0481, d0482, d0483, d0484, d0485, d0486, d0487, d0488, d0489, d0490, d0491, d0492, d0493, d0494;
        long d0495, d0496, d0497, d0498, d0499, d0500, d0501, d0502, d0503, d0504, d0505, d0506, d0507, d0508, d0509;
        long d0510, d0511, d0512, d0513, d0514, d0515, d0516, d0517, d0518, d0519, d0520, d0521, d0522, d0523, d0524;
        long d0525, d0526, d0527, d0528, d0529, d0530, d0531, d0532, d0533, d0534, d0535, d0536, d0537, d0538, d0539;
        long d0540, d0541, d0542, d0543, d0544, d0545, d0546, d0547, d0548, d0549, d0550, d0551, d0552, d0553, d0554;
        long d0555, d0556, d0557, d0558, d0559, d0560, d0561, d0562, d0563, d0564, d0565, d0566, d0567, d0568, d0569;
        long d0570, d0571, d0572, d0573, d0574, d0575, d0576, d0577, d0578, d0579, d0580, d0581, d0582, d0583, d0584;
        long d0585, d0586, d0587, d0588, d0589, d0590, d0591, d0592, d0593, d0594, d0595, d0596, d0597, d0598, d0599;
        long d0600, d0601, d0602, d0603, d0604, d0605, d0606, d0607, d0608, d0609, d0610, d0611, d0612, d0613, d0614;
        long d0615, d0616, d0617, d0618, d0619, d0620, d0621, d0622, d0623, d0624, d0625, d0626, d0627, d0628, d0629;
        long d0630, d0631, d0632, d0633, d0634, d0635, d0636, d0637, d0638, d0639, d0640, d0641, d0642, d0643, d0644;
        long d0645, d0646, d0647, d0648, d0649, d0650, d0651, d0652, d0653, d0654, d0655, d0656, d0657, d0658, d0659;
        long d0660, d0661, d0662, d0663, d0664, d0665, d0666, d0667, d0668, d0669, d0670, d0671, d0672, d0673, d0674;
        long d0675, d0676, d0677, d0678, d0679, d0680, d0681, d0682, d0683, d0684, d0685, d0686, d0687, d0688, d0689;
        long d0690, d0691, d0692, d0693, d0694, d0695, d0696, d0697, d0698, d0699, d0700, d0701, d0702, d0703, d0704;
        long d0705, d0706, d0707, d0708, d0709, d0710, d0711, d0712, d0713, d0714, d0715, d0716, d0717, d0718, d0719;
        long d0720, d0721, d0722, d0723, d0724, d0725, d0726, d0727, d0728, d0729, d0730, d0731, d0732, d0733, d0734;
        long d0735, d0736, d0737, d0738, d0739, d0740, d0741, d0742, d0743, d0744, d0745, d0746, d0747, d0748, d0749;
        long d0750, d0751, d0752, d0753, d0754, d0755, d0756, d0757, d0758, d0759, d0760, d0761, d0762, d0763, d0764;
        long d0765, d0766, d0767, d0768, d0769, d0770, d0771, d0772, d0773, d0774, d0775, d0776, d0777, d0778, d0779;
        long d0780, d0781, d0782, d0783, d0784, d0785, d0786, d0787, d0788, d0789, d0790, d0791, d0792, d0793, d0794;
        long d0795, d0796, d0797, d0798, d0799, d0800, d0801, d0802, d0803, d0804, d0805, d0806, d0807, d0808, d0809;
        long d0810, d0811, d0812, d0813, d0814, d0815, d0816, d0817, d0818, d0819, d0820, d0821, d0822, d0823, d0824;
        long d0825, d0826, d0827, d0828, d0829, d0830, d0831, d0832, d0833, d0834, d0835, d0836, d0837, d0838, d0839;
        long d0840, d0841, d0842, d0843, d0844, d0845, d0846, d0847, d0848, d0849, d0850, d0851, d0852, d0853, d0854;
        long d0855, d0856, d0857, d0858, d0859, d0860, d0861, d0862, d0863, d0864, d0865, d0866, d0867, d0868, d0869;
        long d0870, d0871, d0872, d0873, d0874, d0875, d0876, d0877, d0878, d0879, d0880, d0881, d0882, d0883, d0884;
        long d0885, d0886, d0887, d0888, d0889, d0890, d0891, d0892, d0893, d0894, d0895, d0896, d0897, d0898, d0899;
        long d0900, d0901, d0902, d0903, d0904, d0905, d0906, d0907, d0908, d0909, d0910, d0911, d0912, d0913, d0914;
        long d0915, d0916, d0917, d0918, d0919, d0920, d0921, d0922, d0923, d0924, d0925, d0926, d0927, d0928, d0929;
        long d0930, d0931, d0932, d0933, d0934, d0935, d0936, d0937, d0938, d0939, d0940, d0941, d0942, d0943, d0944;
        long d0945, d0946, d0947, d0948, d0949, d0950, d0951, d0952, d0953, d0954, d0955, d0956, d0957, d0958, d0959;
        long d0960, d0961, d0962, d0963, d0964, d0965, d0966, d0967, d0968, d0969, d0970, d0971, d0972, d0973, d0974;
        long d0975, d0976, d0977, d0978, d0979, d0980, d0981, d0982, d0983, d0984, d0985, d0986, d0987, d0988, d0989;
        long d0990, d0991, d0992, d0993, d0994, d0995, d0996, d0997, d0998, d0999, d1000, d1001, d1002, d1003, d1004;
        long d1005, d1006, d1007, d1008, d1009, d1010, d1011, d1012, d1013, d1014, d1015, d1016, d1017, d1018, d1019;
        long d1020, d1021, d1022, d1023;
        if (neverSet != 0) {
            throw new AssertionError(neverSet);
        }
    }
}
