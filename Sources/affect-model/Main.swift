import ModelToolCore

@main struct Main {
    static func main() {
        ModelTool.runAndExit()
    }
}
