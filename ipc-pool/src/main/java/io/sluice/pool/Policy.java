package io.sluice.pool;

/// Which job a free worker serves next. A job is one call: of `submit`, which is one task, or of `map` and its
/// variants, which is many.
public enum Policy {
    /// The job that came first, until all its tasks are given out.
    FIRST_COME,
    /// The job of the highest [TaskOptions#withPriority], among equals the one that came first.
    PRIORITY,
    /// Roughly, the job that has used the least of the workers' time: a job sinks one level when it has used 10 ms, and
    /// one more each time it has used four times as much; jobs of one level take turns. So a short call is served soon
    /// while a map of a million elements runs. Once a second all jobs rise to the top again, so that none starves.
    ///
    /// The multi-level feedback queue of F. J. Corbató et al., *An Experimental Time-Sharing System*, AFIPS 1962, with
    /// the rules of R. H. and A. C. Arpaci-Dusseau, *Operating Systems: Three Easy Pieces*, chapter 8.
    FEEDBACK
}
