import CMistique
import Mistique

private func session(_ handle: UInt64) throws -> CaptureSession {
  try HandleTable.shared.object(handle, as: CaptureSession.self, called: "capture")
}

/// Frees the handle of a capture that has ended. One that was busy goes on, and may be ended later.
private func forget(_ handle: UInt64, _ session: CaptureSession) {
  guard session.isOver else { return }
  // Of two threads that end it, one frees it.
  _ = try? HandleTable.shared.remove(handle, as: CaptureSession.self, called: "capture")
}

/// Begins a capture.
@_cdecl("mistique_capture_begin")
public func captureBegin(
  _ store: UInt64, _ options: UnsafePointer<mistique_capture_options>?, _ capture: UnsafeMutablePointer<UInt64>?,
  _ error: UnsafeMutablePointer<mistique_error>?
) -> Int32 {
  boundary(error) {
    let opened = try openedStore(store)
    try RerunCall.refuse(at: "capture", of: opened.store)
    let target = try Arguments.output(capture, "capture")
    let session = try opened.beginCapture(try CaptureSettings(options))
    target.pointee = HandleTable.shared.insert(session)
  }
}

/// Begins a group of rows.
@_cdecl("mistique_capture_rows")
public func captureRows(
  _ capture: UInt64, _ ids: UnsafePointer<Int64>?, _ count: Int64, _ error: UnsafeMutablePointer<mistique_error>?
) -> Int32 {
  boundary(error) {
    let session = try session(capture)
    let ids = try Arguments.ids(ids, count: count, "ids")
    try session.exclusively { try session.begin(rows: ids) }
  }
}

/// Copies what a layer emitted.
@_cdecl("mistique_capture_append")
public func captureAppend(
  _ capture: UInt64, _ layer: UnsafePointer<CChar>?, _ array: UnsafePointer<mistique_array>?, _ ids: UnsafePointer<Int64>?,
  _ error: UnsafeMutablePointer<mistique_error>?
) -> Int32 {
  boundary(error) {
    let session = try session(capture)
    let layer = try Arguments.name(layer, "layer")
    let array = try StridedArray(array, place: layer)
    let own = try ids.map { try Arguments.ids($0, count: Int64(array.rows), "ids") }
    try session.exclusively { try session.addArray(array, to: layer, ids: own) }
  }
}

/// Takes a record batch.
@_cdecl("mistique_capture_append_frame")
public func captureAppendFrame(
  _ capture: UInt64, _ name: UnsafePointer<CChar>?, _ schema: UnsafeMutablePointer<ArrowSchema>?,
  _ array: UnsafeMutablePointer<ArrowArray>?,
  _ ids: UnsafePointer<Int64>?, _ error: UnsafeMutablePointer<mistique_error>?
) -> Int32 {
  boundary(error) {
    // Releases both, whatever happens.
    let frame = ArrowFrame(schema, array)
    let session = try session(capture)
    let name = try Arguments.name(name, "name")
    let (rows, columns) = try frame.columns(of: name)
    let own = try ids.map { try Arguments.ids($0, count: Int64(rows), "ids") }
    try session.exclusively { try session.addFrame(columns, rows: rows, to: name, ids: own) }
  }
}

/// Ends a group: it is stored.
@_cdecl("mistique_capture_keep")
public func captureKeep(_ capture: UInt64, _ error: UnsafeMutablePointer<mistique_error>?) -> Int32 {
  boundary(error) {
    let session = try session(capture)
    try RerunCall.refuse(at: "capture", of: session.engine)
    try session.exclusively { try session.keep() }
  }
}

/// Ends a group: it is forgotten.
@_cdecl("mistique_capture_drop")
public func captureDrop(_ capture: UInt64, _ error: UnsafeMutablePointer<mistique_error>?) -> Int32 {
  boundary(error) {
    let session = try session(capture)
    try session.exclusively { session.drop() }
  }
}

/// Says which rows were captured.
@_cdecl("mistique_capture_has")
public func captureHas(
  _ capture: UInt64, _ ids: UnsafePointer<Int64>?, _ count: Int64, _ present: UnsafeMutablePointer<UInt8>?,
  _ error: UnsafeMutablePointer<mistique_error>?
) -> Int32 {
  boundary(error) {
    let session = try session(capture)
    let ids = try Arguments.ids(ids, count: count, "ids")
    guard !ids.isEmpty else { return }
    let target = try Arguments.output(present, "present")
    try session.exclusively {
      for (place, id) in ids.enumerated() { target[place] = session.known.contains(id) ? 1 : 0 }
    }
  }
}

/// Says what a capture has so far.
@_cdecl("mistique_capture_describe")
public func captureDescribe(
  _ capture: UInt64, _ json: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, _ error: UnsafeMutablePointer<mistique_error>?
) -> Int32 {
  boundary(error) {
    let target = try Arguments.output(json, "json")
    let session = try session(capture)
    try JSONText.hand(try session.exclusively { CaptureList(session) }, to: target)
  }
}

/// Commits a capture.
@_cdecl("mistique_capture_finish")
public func captureFinish(
  _ capture: UInt64, _ json: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, _ error: UnsafeMutablePointer<mistique_error>?
) -> Int32 {
  boundary(error) {
    let session = try session(capture)
    try RerunCall.refuse(at: "capture", of: session.engine)
    defer { forget(capture, session) }
    let report = try session.finish()
    guard let json else { return }
    try JSONText.hand(CaptureReport(report, rows: session.known.count), to: json)
  }
}

/// Ends a capture without a commit.
@_cdecl("mistique_capture_abandon")
public func captureAbandon(_ capture: UInt64, _ error: UnsafeMutablePointer<mistique_error>?) -> Int32 {
  boundary(error) {
    let session = try session(capture)
    defer { forget(capture, session) }
    try session.abandon()
  }
}
