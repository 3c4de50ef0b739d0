package io.sluice.examples;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.sluice.pool.ProcessPool;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;

/// One trace of OpenTelemetry over a pool and its workers: `examples/run TracedPool`.
///
/// The pool gives each task the `traceparent` of the span in which it was submitted; the task makes it the parent of a
/// span of its own. A program that exports its spans adds a processor with its exporter to the provider below.
public final class TracedPool {
    private static final String TRACEPARENT = "traceparent";
    private static final W3CTraceContextPropagator W3C = W3CTraceContextPropagator.getInstance();

    private TracedPool() {}

    /// The tracer of this process; each worker has its own.
    private static final class Tracing {
        static final Tracer TRACER = SdkTracerProvider.builder().build().get("io.sluice.examples");
    }

    /// Squares three numbers within a span, and prints which span belongs to which.
    public static void main(String[] arguments) throws ExecutionException, InterruptedException {
        try (ProcessPool pool = ProcessPool.builder().workers(2).taskContext(TracedPool::traceparent).build()) {
            Span request = Tracing.TRACER.spanBuilder("request").startSpan();
            try (var _ = request.makeCurrent()) {
                System.out.println(describe("request", request, "no parent"));
                pool.map(TracedPool::square, List.of(2, 3, 4)).forEach(System.out::println);
            } finally {
                request.end();
            }
        }
    }

    /// Runs in a worker.
    private static String square(int x) {
        Context parent = fromTask();
        Span span = Tracing.TRACER.spanBuilder("square").setParent(parent).startSpan();
        try (var _ = span.makeCurrent()) {
            String parentId = Span.fromContext(parent).getSpanContext().getSpanId();
            return describe(x + " * " + x + " = " + x * x, span, "parent " + parentId);
        } finally {
            span.end();
        }
    }

    private static String describe(String what, Span span, String parent) {
        var ids = span.getSpanContext();
        return "trace %s, span %s, %s, process %s: %s".formatted(
                ids.getTraceId(), ids.getSpanId(), parent, ProcessHandle.current().pid(), what);
    }

    /// The current span as a text; null if there is none.
    private static String traceparent() {
        Map<String, String> carrier = new HashMap<>();
        W3C.inject(Context.current(), carrier, Map::put);
        return carrier.get(TRACEPARENT);
    }

    /// The span in which the running task was submitted.
    private static Context fromTask() {
        Map<String, String> carrier = new HashMap<>();
        ProcessPool.taskContext().ifPresent(text -> carrier.put(TRACEPARENT, text));
        return W3C.extract(Context.root(), carrier, Map::get);
    }
}
