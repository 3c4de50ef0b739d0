/// One example, one lesson. Each file opens with its command lines; `sluice-examples` stands for `java
/// --enable-native-access=ALL-UNNAMED -cp ...` with the examples and their dependencies. Start at `QuickStart` and
/// `PoolQuickStart`; `docs/examples.md` lists all, beside the programs that teach Python's `multiprocessing`.
package io.sluice.examples;
