import ControlCore

@main
struct Main {
    static func main() {
        AffectControl.runAndExit()
    }
}
