package io.sluice.shm.error;

import io.sluice.core.error.SluiceException;
import java.io.Serial;

/// Linux refused a call: no space, no permission, too many files. The message names the call, the file, the error in
/// words and what helps.
public final class SystemCallException extends SluiceException {
    @Serial
    private static final long serialVersionUID = 1L;

    /// The name of the call.
    private final String call;
    /// The error number.
    private final int errno;

    /// Makes one.
    ///
    /// @param call name of the system call, such as `posix_fallocate`
    /// @param object file or name the call was made for
    /// @param errno error number of Linux
    /// @param words the error in words, such as `ENOSPC: no space left on device`
    /// @param remedy what to do about it; may be empty
    public SystemCallException(String call, String object, int errno, String words, String remedy) {
        super("%s of '%s' failed, %s%s".formatted(call, object, words, remedy.isEmpty() ? "" : "; " + remedy));
        this.call = call;
        this.errno = errno;
    }

    /// The name of the call.
    ///
    /// @return such as `posix_fallocate`
    public String call() {
        return call;
    }

    /// The error number.
    ///
    /// @return such as 28 for `ENOSPC`
    public int errno() {
        return errno;
    }
}
