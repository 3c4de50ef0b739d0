package io.sluice.pool;

/// Which job a worker that becomes free serves next. A job is one call: of `submit`, which is one task, or of `map` and
/// its like, which is many.
public enum Policy {
    /// The job that came first, until all its tasks are given out.
    FIRST_COME,
    /// The job of the highest [TaskOptions#priority], among equals the one that came first.
    PRIORITY,
    /// The job that has used the least of the workers' time, roughly: a job sinks a level when it has used 10 ms, and
    /// another one each time it has used four times as much; jobs of one level take turns. So a short call is served
    /// soon while a map of a million elements runs. Once a second all rise to the top again, so that none starves.
    ///
    /// The multi-level feedback queue of F. J. Corbató et al., *An Experimental Time-Sharing System*, AFIPS 1962, with
    /// the rules of R. H. and A. C. Arpaci-Dusseau, *Operating Systems: Three Easy Chunks*, chapter 8.
    FEEDBACK
}
