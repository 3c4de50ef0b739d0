/// How another module teaches codecs of records its own types: a service.
package io.sluice.core.codec.spi;
