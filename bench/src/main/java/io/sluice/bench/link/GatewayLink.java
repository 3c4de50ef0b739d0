package io.sluice.bench.link;

import io.sluice.core.idle.WaitStrategy;
import io.sluice.core.ring.RingOptions;
import io.sluice.gateway.GatewayCommand;
import java.nio.file.Path;
import java.util.function.Supplier;

/// A ring in the sender's process, a gateway, UDP on the loopback interface, a gateway, and a ring in the receiver's
/// process. The gateways are threads of these processes, each with its media driver in it.
///
/// @param recorded whether the sender's gateway records what it sends, in the folder of the benchmark
record GatewayLink(Place place, RingOptions options, boolean recorded) implements Link {
    private static final String HOME = "sluice.home";
    private static final String MOST = "512m";

    @Override
    public Sender sender() {
        Place out = new Place(place.directory(), place.name() + "-out");
        RingLink ring = new RingLink(out, options, WaitStrategy.BUSY_SPIN);
        Path recording = place.directory().resolve(place.name() + "-recording");
        String more = recorded ? " --archive %s --archive-keep %s".formatted(recording, MOST) : "";
        start(() -> "--publish %s --to 127.0.0.1:%s%s".formatted(out.name(), UdpPort.await(place), more));
        return ring.sender();
    }

    @Override
    public Receiver receiver() {
        Place in = new Place(place.directory(), place.name() + "-in");
        RingLink ring = new RingLink(in, options, WaitStrategy.BUSY_SPIN);
        int port = UdpPort.choose(place);
        start(() -> "--subscribe %s --from 127.0.0.1:%s%s".formatted(in.name(), port, recorded ? " --replay" : ""));
        return ring.receiver();
    }

    private void start(Supplier<String> arguments) {
        System.setProperty(HOME, place.directory().toString());
        String more = " --space space --report 0" + (AeronUdpLink.mayDriversSpin() ? " --spin" : "");
        Thread.ofPlatform().daemon().name("gateway").start(() -> {
            int code = GatewayCommand.run((arguments.get() + more).split(" "));
            if (code != 0) {
                throw new IllegalStateException("the gateway has ended with " + code);
            }
        });
    }
}
