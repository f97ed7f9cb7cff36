import CMistique
import Foundation

/// One record batch as a stream.
private final class StreamSource {
  let batch: ArrowExport.Field
  var isRead = false

  init(_ batch: ArrowExport.Field) { self.batch = batch }
}

extension ArrowExport {
  /// Fills a stream in that gives `batch` and ends.
  static func export(stream batch: Field, to target: UnsafeMutablePointer<ArrowArrayStream>) {
    target.pointee = ArrowArrayStream(
      get_schema: getArrowSchema, get_next: getNextArrowArray, get_last_error: getLastArrowError, release: releaseArrowStream,
      private_data: Unmanaged.passRetained(StreamSource(batch)).toOpaque())
  }
}

private func source(_ stream: UnsafeMutablePointer<ArrowArrayStream>?) -> StreamSource? {
  guard let data = stream?.pointee.private_data else { return nil }
  return Unmanaged<StreamSource>.fromOpaque(data).takeUnretainedValue()
}

private func getArrowSchema(_ stream: UnsafeMutablePointer<ArrowArrayStream>?, _ target: UnsafeMutablePointer<ArrowSchema>?) -> Int32 {
  guard let source = source(stream), let target else { return EINVAL }
  ArrowExport.export(schemaOf: source.batch, to: target)
  return 0
}

private func getNextArrowArray(_ stream: UnsafeMutablePointer<ArrowArrayStream>?, _ target: UnsafeMutablePointer<ArrowArray>?) -> Int32 {
  guard let source = source(stream), let target else { return EINVAL }
  if source.isRead {
    // A released array is the end.
    target.pointee.release = nil
    return 0
  }
  source.isRead = true
  ArrowExport.export(source.batch, to: target)
  return 0
}

/// The only failure is a NULL, which EINVAL says.
private func getLastArrowError(_ stream: UnsafeMutablePointer<ArrowArrayStream>?) -> UnsafePointer<CChar>? { nil }

private func releaseArrowStream(_ stream: UnsafeMutablePointer<ArrowArrayStream>?) {
  guard let stream, let data = stream.pointee.private_data else { return }
  stream.pointee.release = nil
  stream.pointee.private_data = nil
  Unmanaged<StreamSource>.fromOpaque(data).release()
}
