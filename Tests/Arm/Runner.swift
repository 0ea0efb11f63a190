import Testing

/// Runs the tests that are linked with it, as `swift test` would; its arguments are those.
@main struct Runner {
    static func main() async {
        await Testing.__swiftPMEntryPoint() as Never
    }
}
