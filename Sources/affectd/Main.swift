import DaemonCore

@main
struct Main {
    static func main() {
        AffectDaemon.main()
    }
}
