import Foundation

/// How much of what a long test could try is tried: all of it, or one case in `$AFFECT_TEST_STRIDE` where a
/// sanitizer makes each take many times as long (`make test-sanitized`).
public enum Effort {
    /// From one case that is tried to the next.
    public static let stride =
        ProcessInfo.processInfo.environment["AFFECT_TEST_STRIDE"].flatMap { Int($0) } ?? 1

    /// Returns how many of `count` random cases are tried.
    public static func cases(_ count: Int) -> Int { max(1, count / stride) }

    /// Returns the cases that are tried, the first one always.
    public static func cases<Case>(_ all: [Case]) -> [Case] {
        Swift.stride(from: 0, to: all.count, by: stride).map { all[$0] }
    }
}
