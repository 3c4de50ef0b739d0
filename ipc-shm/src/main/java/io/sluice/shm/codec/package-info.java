/// How handles travel in records; `Codec.ofRecord` finds it as a service.
package io.sluice.shm.codec;
