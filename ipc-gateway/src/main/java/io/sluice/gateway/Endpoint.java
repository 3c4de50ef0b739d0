package io.sluice.gateway;

import io.aeron.ChannelUri;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The two channels between the ends of a gateway: one in the direction of `--to`, one back. Both ends are told the
/// same endpoint and come to the same pair.
///
/// - **Unicast,** `host:port` or `aeron:udp?endpoint=host:port`, an address of the subscribing host. There: to that
///   address. Back: from the next port of the subscribing host to each publishing gateway that reports there.
/// - **Several destinations,** `aeron:udp?control=host:port|control-mode=dynamic`, an address of the publishing host.
///   There: from that address to each subscribing gateway that reports there. Back: to the next port of the publishing
///   host.
/// - **Multicast,** the address of a group. Both: to the group.
///
/// "Reports there" is Aeron's multi-destination-cast with dynamic control: so only one of the two hosts needs an
/// address that the other one knows.
///
/// @param text as the user wrote it
/// @param there channel URI of the publication towards the subscribing gateway
/// @param thereIn channel URI of the subscription to it
/// @param back channel URI of the publication towards the publishing gateway
/// @param backIn channel URI of the subscription to it
record Endpoint(String text, String there, String thereIn, String back, String backIn) {
    private static final Pattern HOST_AND_PORT = Pattern.compile("(\\[[0-9a-fA-F:.]+]|[^\\[\\]:/?|=\\s]+):(\\d{1,5})");
    private static final String ENDPOINT = "endpoint";
    private static final String CONTROL = "control";
    private static final String CONTROL_MODE = "control-mode";
    private static final String FLOW_CONTROL = "fc";
    private static final int MOST = 0xffff;

    /// Parses an endpoint.
    ///
    /// @param text `host:port`, or a channel URI of Aeron
    /// @return the channels
    /// @throws GatewayException if it is neither
    static Endpoint parse(String text) {
        Matcher plain = HOST_AND_PORT.matcher(text);
        try {
            ChannelUri uri = ChannelUri.parse(plain.matches() ? "aeron:udp?endpoint=" + text : text);
            if (!uri.isUdp()) {
                throw new IllegalArgumentException("media '%s', and gateways use udp".formatted(uri.media()));
            }
            return of(text, uri);
        } catch (IllegalArgumentException | IllegalStateException | UnknownHostException wrong) {
            throw new GatewayException(("endpoint '%s' is neither host:port nor a channel of Aeron that a gateway can"
                    + " use: %s; write for instance 10.0.0.2:40456, or"
                    + " aeron:udp?control=10.0.0.1:40456|control-mode=dynamic").formatted(text, reason(wrong)), wrong);
        }
    }

    private static String reason(Exception wrong) {
        return wrong instanceof UnknownHostException ? "unknown host " + wrong.getMessage() : wrong.getMessage();
    }

    private static Endpoint of(String text, ChannelUri uri) throws UnknownHostException {
        String control = uri.get(CONTROL);
        String address = uri.get(ENDPOINT);
        if (control != null) {
            Address known = Address.parse(control);
            return new Endpoint(text,
                    with(uri, null, control, "min"), with(uri, known.anyAddress(), control, null),
                    with(uri, known.nextPort(), null, null), with(uri, known.nextPort(), null, null));
        }
        if (address == null) {
            throw new IllegalArgumentException("it has no endpoint");
        }
        Address known = Address.parse(address);
        if (known.isGroup()) {
            return new Endpoint(text,
                    with(uri, address, null, "min"), with(uri, address, null, null),
                    with(uri, address, null, "min"), with(uri, address, null, null));
        }
        return new Endpoint(text,
                with(uri, address, null, null), with(uri, address, null, null),
                with(uri, null, known.nextPort(), null), with(uri, known.anyAddress(), known.nextPort(), null));
    }

    /// The user's URI with other addresses. Without a flow control of its own, one for several receivers follows the
    /// slowest: the others would lose what it cannot take.
    private static String with(ChannelUri uri, String endpoint, String control, String flowControl) {
        ChannelUri changed = ChannelUri.parse(uri.toString());
        String own = changed.remove(FLOW_CONTROL);
        put(changed, ENDPOINT, endpoint);
        put(changed, CONTROL, control);
        put(changed, CONTROL_MODE, control == null ? null : "dynamic");
        put(changed, FLOW_CONTROL, own == null || flowControl == null ? flowControl : own);
        return changed.toString();
    }

    /// A channel for one session alone.
    static String withSession(String channel, int session) {
        ChannelUri uri = ChannelUri.parse(channel);
        put(uri, "session-id", String.valueOf(session));
        return uri.toString();
    }

    private static void put(ChannelUri uri, String key, String value) {
        uri.remove(key);
        if (value != null) {
            uri.put(key, value);
        }
    }

    /// A host and a port.
    private record Address(String host, int port) {
        static Address parse(String text) {
            Matcher parts = HOST_AND_PORT.matcher(text);
            if (!parts.matches()) {
                throw new IllegalArgumentException("'%s' is not host:port".formatted(text));
            }
            int port = Integer.parseInt(parts.group(2));
            if (port < 1 || port >= MOST) {
                throw new IllegalArgumentException("port %s is not between 1 and %d; the gateway needs the next one too"
                        .formatted(parts.group(2), MOST - 1));
            }
            return new Address(parts.group(1), port);
        }

        String nextPort() {
            return host + ":" + (port + 1);
        }

        String anyAddress() {
            return host.startsWith("[") ? "[::]:0" : "0.0.0.0:0";
        }

        boolean isGroup() throws UnknownHostException {
            return InetAddress.getByName(host).isMulticastAddress();
        }
    }
}
