import Glibc
import ModelToolCore

@main struct Main {
    static func main() {
        exit(ModelTool.run(Array(CommandLine.arguments.dropFirst())))
    }
}
