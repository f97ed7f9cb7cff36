// The columns, frames and schemas of the storage floor are part of this floor's interface: one import serves.
@_exported import MistiqueStorage
