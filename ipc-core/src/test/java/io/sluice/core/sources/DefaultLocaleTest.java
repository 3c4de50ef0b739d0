package io.sluice.core.sources;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.ThrowTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/// Names, files and reports are the same in every country: the production sources of all modules use the default locale
/// only in texts for people, which are the messages of exceptions and what `toString` returns.
///
/// - A number in any other text names its locale, `String.format(Locale.ROOT, "%,d", n)`, or is written with `%s`.
/// - Changes of case and formatters (dates, decimals) name theirs everywhere.
class DefaultLocaleTest {
    /// Conversions whose result depends on the locale; `%s`, `%c`, `%b`, `%x`, `%n` do not.
    private static final Pattern LOCALIZED = Pattern.compile("%[-#+ 0,(<$\\d.]*([dfegEGtT]|[SCBH])");
    private static final Set<String> FORMATS = Set.of("formatted", "format", "printf");
    private static final Set<String> CASES = Set.of("toLowerCase", "toUpperCase");
    private static final Set<String> FORMATTERS =
            Set.of("ofPattern", "ofLocalizedDate", "ofLocalizedTime", "ofLocalizedDateTime", "getNumberInstance",
                    "getIntegerInstance", "getPercentInstance", "getCurrencyInstance", "getDateInstance",
                    "getTimeInstance", "getDateTimeInstance");
    private static final Set<String> FORMATTER_TYPES =
            Set.of("Formatter", "Scanner", "SimpleDateFormat", "DecimalFormat", "MessageFormat");
    /// Methods that return a text for people, besides those that make an exception; the last two are parts of
    /// `toString`.
    private static final Set<String> FOR_PEOPLE = Set.of("toString", "state", "content");

    @Test
    void theDefaultLocaleIsUsedInTextsForPeopleOnly() throws IOException {
        assertThat(violations(productionSources())).isEmpty();
    }

    @Test
    void forbiddenUsesAreFound() throws IOException {
        assertThat(violations(List.of(source("""
                class Sample {
                    String name = "%s-%d".formatted("pool", 1);
                    String split = String.format("pool " +
                        "%,d", 1);
                    String rooted = String.format(Locale.ROOT, "%d", 1) + "%s %x%n".formatted(1, 2);
                    String unknown(String format) { return format.formatted(1); }
                    String lower(String text) { return text.toLowerCase() + text.toLowerCase(Locale.ROOT); }
                    char lower(char one) { return Character.toLowerCase(one); }
                    void print() { System.out.printf("%.1f", 1.0); throw new IllegalStateException("%d".formatted(1)); }
                    CodecException failure() { return corrupt("%d".formatted(1)); }
                    Object clock = DateTimeFormatter.ofPattern("HH:mm");
                    Object scanner = new Scanner(System.in);
                    public String toString() { return "%,d".formatted(1); }
                }
                """)))).extracting(line -> line.substring(line.indexOf(':') + 1, line.indexOf(' ')))
                .containsExactly("2:", "3:", "6:", "7:", "9:", "11:", "12:");
    }

    private static List<JavaFileObject> productionSources() throws IOException {
        Path top = Path.of("").toAbsolutePath();
        while (!Files.exists(top.resolve("CONTRIBUTING.md"))) {
            top = top.getParent();
        }
        List<JavaFileObject> sources = new ArrayList<>();
        try (var modules = Files.list(top)) {
            for (Path main : modules.map(module -> module.resolve("src/main/java"))
                    .filter(Files::isDirectory).toList()) {
                try (var files = Files.walk(main)) {
                    for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
                        sources.add(source(file.toUri(), Files.readString(file)));
                    }
                }
            }
        }
        assertThat(sources).hasSizeGreaterThan(300);
        return sources;
    }

    private static JavaFileObject source(String text) {
        return source(URI.create("string:///Sample.java"), text);
    }

    private static JavaFileObject source(URI name, String text) {
        return new SimpleJavaFileObject(name, JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return text;
            }
        };
    }

    private static List<String> violations(List<JavaFileObject> sources) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        List<String> found = new ArrayList<>();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            JavacTask task = (JavacTask) compiler.getTask(null, files, null, List.of("-proc:none"), null, sources);
            SourcePositions positions = Trees.instance(task).getSourcePositions();
            for (CompilationUnitTree unit : task.parse()) {
                new Search(unit, positions, found).scan(unit, null);
            }
        }
        return found;
    }

    private static final class Search extends TreePathScanner<Void, Void> {
        private final CompilationUnitTree unit;
        private final SourcePositions positions;
        private final List<String> found;

        Search(CompilationUnitTree unit, SourcePositions positions, List<String> found) {
            this.unit = unit;
            this.positions = positions;
            this.found = found;
        }

        @Override
        public Void visitMethodInvocation(MethodInvocationTree call, Void nothing) {
            if (call.getMethodSelect() instanceof MemberSelectTree method) {
                String name = method.getIdentifier().toString();
                List<? extends ExpressionTree> arguments = call.getArguments();
                boolean found = CASES.contains(name) ? arguments.isEmpty()
                        : FORMATTERS.contains(name) ? arguments.stream().noneMatch(Search::isLocale)
                        : FORMATS.contains(name) && isLocalized(method, arguments) && !isForPeople();
                if (found) {
                    add(call);
                }
            }
            return super.visitMethodInvocation(call, null);
        }

        @Override
        public Void visitNewClass(NewClassTree made, Void nothing) {
            if (FORMATTER_TYPES.contains(made.getIdentifier().toString())
                    && made.getArguments().stream().noneMatch(Search::isLocale)) {
                add(made);
            }
            return super.visitNewClass(made, null);
        }

        private void add(Tree tree) {
            long line = unit.getLineMap().getLineNumber(positions.getStartPosition(unit, tree));
            found.add(unit.getSourceFile().getName().replaceFirst(".*/io/sluice/|/", "") + ":" + line + ": " + tree);
        }

        private static boolean isLocale(ExpressionTree argument) {
            return argument.toString().contains("Locale.") || argument.toString().contains("locale");
        }

        /// Whether a call formats a number, or something unknown, with the default locale.
        private static boolean isLocalized(MemberSelectTree method, List<? extends ExpressionTree> arguments) {
            if (arguments.stream().anyMatch(Search::isLocale)) {
                return false;
            }
            boolean onFormat = method.getIdentifier().contentEquals("formatted");
            if (!onFormat && arguments.isEmpty()) {
                return false;
            }
            ExpressionTree format = onFormat ? method.getExpression() : arguments.getFirst();
            boolean isUnknown = onFormat || method.getExpression().toString().equals("String");
            var literals = new StringBuilder();
            new TreeScanner<Void, Void>() {
                @Override
                public Void visitLiteral(LiteralTree literal, Void nothing) {
                    return append(literal.getValue());
                }

                private Void append(Object value) {
                    literals.append(value);
                    return null;
                }
            }.scan(format, null);
            return literals.isEmpty() ? isUnknown : LOCALIZED.matcher(literals).find();
        }

        /// Whether it is part of a thrown expression, of an exception, or of a method that makes one or a text for
        /// people.
        private boolean isForPeople() {
            for (TreePath path = getCurrentPath(); path != null; path = path.getParentPath()) {
                switch (path.getLeaf()) {
                    case ThrowTree _ -> {
                        return true;
                    }
                    case NewClassTree made when isFailure(made.getIdentifier()) -> {
                        return true;
                    }
                    case MethodTree method when FOR_PEOPLE.contains(method.getName().toString()) -> {
                        return true;
                    }
                    case MethodTree method when method.getReturnType() != null && isFailure(method.getReturnType()) -> {
                        return true;
                    }
                    case ClassTree type -> {
                        return isFailure(type.getSimpleName());
                    }
                    default -> {}
                }
            }
            return false;
        }

        private static boolean isFailure(Object type) {
            return type.toString().endsWith("Exception") || type.toString().endsWith("Error");
        }
    }
}
