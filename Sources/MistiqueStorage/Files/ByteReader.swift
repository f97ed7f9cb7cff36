import Groundwork

/// Reads what a store wrote: a fault in the bytes is a `StoreError` with code `corrupt`.
package typealias ByteReader = Groundwork.ByteReader<StoredBytes>
package typealias ByteWriter = Groundwork.ByteWriter

/// Bytes of a store; `place` is named in errors.
package struct StoredBytes: ByteOrigin {
  let place: String

  package func error(_ fault: ByteFault) -> any Error {
    StoreError.corrupt(fault == .notUTF8 ? "a name is not UTF-8" : fault.description, at: place)
  }
}

extension Groundwork.ByteReader<StoredBytes> {
  package init(_ bytes: some Collection<UInt8>, place: String) {
    self.init(ArraySlice(bytes), origin: StoredBytes(place: place))
  }

  package func malformed(_ what: String) -> StoreError { .corrupt(what, at: origin.place) }
}
