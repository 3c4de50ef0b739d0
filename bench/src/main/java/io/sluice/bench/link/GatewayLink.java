package io.sluice.bench.link;

import io.sluice.core.idle.WaitStrategy;
import io.sluice.core.ring.RingOptions;
import io.sluice.gateway.GatewayCommand;
import java.util.function.Supplier;

/// A ring in the sender's process, a gateway, UDP on the loopback interface, a gateway, and a ring in the receiver's
/// process. The gateways are threads of these processes, each with its media driver in it.
record GatewayLink(Place place, RingOptions options) implements Link {
    private static final String HOME = "sluice.home";

    @Override
    public Sender sender() {
        Place out = new Place(place.directory(), place.name() + "-out");
        RingLink ring = new RingLink(out, options, WaitStrategy.BUSY_SPIN);
        start(() -> "--publish %s --to 127.0.0.1:%s".formatted(out.name(), UdpPort.await(place)));
        return ring.sender();
    }

    @Override
    public Receiver receiver() {
        Place in = new Place(place.directory(), place.name() + "-in");
        RingLink ring = new RingLink(in, options, WaitStrategy.BUSY_SPIN);
        int port = UdpPort.choose(place);
        start(() -> "--subscribe %s --from 127.0.0.1:%s".formatted(in.name(), port));
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
