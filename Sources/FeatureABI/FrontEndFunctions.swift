import EventProtocol
import Features
import ModelDescription

// The functions of `affect_features.h`, where they are documented. Pointers and counts are the
// caller's promise; this file turns them into spans of exactly those counts and nothing else
// touches a pointer.

let errorOptions: Int32 = -1
let errorCapacity = -2
let errorArgument = -3
private let maximumFrames = 2048

/// The version of the library.
@_cdecl("affect_version")
public func affectVersion() -> UnsafePointer<CChar> {
    let version = ProductVersion.staticText
    // A static string is NUL-terminated and lives for ever.
    return unsafe UnsafeRawPointer(version.utf8Start).assumingMemoryBound(to: CChar.self)
}

/// Creates a front end from options in JSON.
@_cdecl("affect_front_end_create")
public func affectFrontEndCreate(
    _ options: UnsafePointer<CChar>?,
    _ length: Int,
    _ out: UnsafeMutablePointer<OpaquePointer?>?,
    _ error: UnsafeMutablePointer<CChar>?,
    _ errorCapacity: Int
) -> Int32 {
    guard let options = unsafe options, let out = unsafe out, length >= 0 else {
        return Int32(errorArgument)
    }
    let text = unsafe UnsafeBufferPointer(start: options, count: length).map {
        UInt8(bitPattern: $0)
    }
    do {
        let handle = try FrontEndHandle(options: text)
        unsafe out.pointee = OpaquePointer(Unmanaged.passRetained(handle).toOpaque())
        return 0
    } catch let failure {
        unsafe write("\(failure)", to: error, capacity: errorCapacity)
        return errorOptions
    }
}

/// Ends a front end.
@_cdecl("affect_front_end_destroy")
public func affectFrontEndDestroy(_ pointer: OpaquePointer?) {
    guard let pointer = unsafe pointer else { return }
    unsafe Unmanaged<FrontEndHandle>.fromOpaque(UnsafeRawPointer(pointer)).release()
}

/// Returns the number of values in a frame.
@_cdecl("affect_front_end_channel_count")
public func affectFrontEndChannelCount(_ pointer: OpaquePointer) -> Int32 {
    Int32(unsafe handle(pointer).frontEnd.channelCount)
}

/// Returns the number of whole frames in a segment.
@_cdecl("affect_front_end_frame_count")
public func affectFrontEndFrameCount(_ pointer: OpaquePointer, _ sampleCount: Int) -> Int {
    unsafe handle(pointer).frontEnd.frameCount(forSampleCount: sampleCount)
}

/// Computes the frames of a whole segment, before normalisation.
@_cdecl("affect_front_end_process")
public func affectFrontEndProcess(
    _ pointer: OpaquePointer,
    _ samples: UnsafePointer<Int16>?,
    _ count: Int,
    _ frames: UnsafeMutablePointer<Int16>?,
    _ frameCapacity: Int
) -> Int {
    guard count >= 0, frameCapacity >= 0 else { return errorArgument }
    let handle = unsafe handle(pointer)
    let frameCount = handle.frontEnd.frameCount(forSampleCount: count)
    guard frameCount <= frameCapacity else { return errorCapacity }
    guard frameCount > 0 else { return 0 }
    guard let samples = unsafe samples, let frames = unsafe frames else { return errorArgument }
    let input = unsafe UnsafeBufferPointer(start: samples, count: count)
    let output = unsafe UnsafeMutableBufferPointer(
        start: frames,
        count: frameCount * handle.frontEnd.channelCount
    )
    var span = unsafe output.mutableSpan
    return unsafe handle.process(input.span, into: &span)
}

/// Normalises frames in place.
@_cdecl("affect_front_end_normalize")
public func affectFrontEndNormalize(
    _ pointer: OpaquePointer,
    _ frames: UnsafeMutablePointer<Int16>?,
    _ frameCount: Int
) -> Int32 {
    guard frameCount >= 0, frameCount <= maximumFrames, let frames = unsafe frames else {
        return frameCount == 0 ? 0 : Int32(errorArgument)
    }
    let handle = unsafe handle(pointer)
    let buffer = unsafe UnsafeMutableBufferPointer(
        start: frames,
        count: frameCount * handle.frontEnd.channelCount
    )
    var span = unsafe buffer.mutableSpan
    handle.frontEnd.normalize(&span, frameCount: frameCount)
    return 0
}

/// Copies a table of the front end.
@_cdecl("affect_front_end_table")
public func affectFrontEndTable(
    _ pointer: OpaquePointer,
    _ name: UnsafePointer<CChar>?,
    _ buffer: UnsafeMutableRawPointer?,
    _ capacity: Int
) -> Int {
    guard let name = unsafe name else { return errorArgument }
    let tables = unsafe handle(pointer).tables
    switch unsafe String(cString: name) {
    case "window": return unsafe copy(tables.window, to: buffer, capacity: capacity)
    case "melFirstBin": return unsafe copy(tables.melFirstBin, to: buffer, capacity: capacity)
    case "melBinCounts": return unsafe copy(tables.melBinCounts, to: buffer, capacity: capacity)
    case "melWeights": return unsafe copy(tables.melWeights, to: buffer, capacity: capacity)
    case "melLogOffset": return unsafe copy(tables.melLogOffset, to: buffer, capacity: capacity)
    case "dct": return unsafe copy(tables.dct, to: buffer, capacity: capacity)
    case "channelWeights":
        return unsafe copy(tables.channelWeights, to: buffer, capacity: capacity)
    default: return errorArgument
    }
}

/// Sound while the caller keeps the contract: the pointer came from create, before destroy.
private func handle(_ pointer: OpaquePointer) -> FrontEndHandle {
    unsafe Unmanaged<FrontEndHandle>.fromOpaque(UnsafeRawPointer(pointer)).takeUnretainedValue()
}

/// Copies a message and its NUL, cut to the capacity.
private func write(_ message: String, to target: UnsafeMutablePointer<CChar>?, capacity: Int) {
    guard let target = unsafe target, capacity > 0 else { return }
    var position = 0
    for byte in message.utf8.prefix(capacity - 1) {
        unsafe target[position] = CChar(bitPattern: byte)
        position += 1
    }
    unsafe target[position] = 0
}

/// Copies the elements if the buffer is there and large enough, and returns their size in bytes.
private func copy<Element: BitwiseCopyable>(
    _ elements: [Element],
    to target: UnsafeMutableRawPointer?,
    capacity: Int
) -> Int {
    unsafe elements.withUnsafeBytes { bytes in
        guard let target = unsafe target else { return bytes.count }
        guard bytes.count <= capacity else { return errorCapacity }
        if let source = bytes.baseAddress {
            unsafe target.copyMemory(from: source, byteCount: bytes.count)
        }
        return bytes.count
    }
}
