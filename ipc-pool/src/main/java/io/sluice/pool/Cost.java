package io.sluice.pool;

/// How long the elements of a function took lately: where the next map of the same function begins to guess.
final class Cost {
    private static final ClassValue<Cost> OF = new ClassValue<>() {
        @Override
        protected Cost computeValue(Class<?> function) {
            return new Cost();
        }
    };

    private volatile double nanosPerElement;

    private Cost() {}

    /// The cost of a function. A lambda has a class of its own for each place in the source.
    static Cost of(Class<?> function) {
        ClassLoader loader = function.getClassLoader();
        boolean ofJdk = loader == null || loader.equals(ClassLoader.getPlatformClassLoader());
        return ofJdk ? new Cost() : OF.get(function);        // a class of the JDK would keep our loader reachable
    }

    /// In nanoseconds; 0 if nothing is known.
    double nanosPerElement() {
        return nanosPerElement;
    }

    /// Takes a measurement, a short one sooner than a long one: that may have been waiting for a core.
    void measured(double nanos) {
        double before = nanosPerElement;
        nanosPerElement = before == 0 ? nanos : before + (nanos - before) / (nanos < before ? 2 : 8);
    }
}
