package io.sluice.pool;

/// Recent running time of the elements of a function: the first estimate for the next map of the same function.
final class Cost {
    private static final ClassValue<Cost> OF = new ClassValue<>() {
        @Override
        protected Cost computeValue(Class<?> function) {
            return new Cost();
        }
    };

    private volatile double nanosPerElement;

    private Cost() {}

    /// The cost of a function. Each lambda expression in the source has a class of its own.
    static Cost of(Class<?> function) {
        ClassLoader loader = function.getClassLoader();
        boolean ofJdk = loader == null || loader.equals(ClassLoader.getPlatformClassLoader());
        return ofJdk ? new Cost() : OF.get(function);        // a class of the JDK would keep Sluice's loader reachable
    }

    /// Running time of one element in nanoseconds; 0 if unknown.
    double nanosPerElement() {
        return nanosPerElement;
    }

    /// Takes a measurement. A shorter one weighs more: a longer one may include waiting for a core.
    void measured(double nanos) {
        double before = nanosPerElement;
        nanosPerElement = before == 0 ? nanos : before + (nanos - before) / (nanos < before ? 2 : 8);
    }
}
