package io.sluice.shm.space;

import java.io.Serializable;

/// Code that belongs to a handle and travels with it: the action of a barrier, the repair of a lock. A lambda is one if
/// all that it captures is `Serializable`, as handles of shared objects are; otherwise the handle is refused where it
/// would travel.
@FunctionalInterface
public interface HandleAction extends Runnable, Serializable {}
