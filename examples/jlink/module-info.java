/// A program for an image of its own.
module post {
    requires io.sluice.pool;

    opens post to io.sluice.core;      // whose codec reads and makes the record
}
