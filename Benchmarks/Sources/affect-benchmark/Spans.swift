/// Calls with a span over an array that may be a stored property of a class.
func writing<Element>(_ array: inout [Element], _ body: (inout MutableSpan<Element>) -> Void) {
    var span = array.mutableSpan
    body(&span)
}
