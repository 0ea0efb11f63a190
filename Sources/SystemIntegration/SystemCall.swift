import Glibc

/// Makes one system call, again when a signal interrupts it.
///
/// - Returns: the call's result, never negative.
/// - Throws: `SystemIntegrationError.call` with `errno` when the result is negative.
@discardableResult
public func systemCall<Result: FixedWidthInteger & SignedInteger>(
    _ name: String,
    _ subject: String = "",
    _ body: () -> Result
) throws(SystemIntegrationError) -> Result {
    while true {
        let result = body()
        if result >= 0 { return result }
        let errorNumber = errno
        if errorNumber == EINTR { continue }
        throw .call(name: name, subject: subject, errorNumber: errorNumber)
    }
}

/// Makes one call of libsystemd, which answers a negative error number instead of setting `errno`.
///
/// - Throws: `SystemIntegrationError.call` when the result is negative.
@discardableResult
func libraryCall(
    _ name: String,
    _ subject: String = "",
    _ body: () -> Int32
) throws(SystemIntegrationError) -> Int32 {
    let result = body()
    if result < 0 { throw .call(name: name, subject: subject, errorNumber: -result) }
    return result
}
