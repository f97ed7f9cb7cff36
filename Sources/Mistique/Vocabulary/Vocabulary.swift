import MistiqueStorage

// The types of the storage floor that this floor's interface speaks of, under their own names: one import serves, and a type of another
// library that is called the same can be told apart as `Mistique.Column`.

/// Values of one column, with the rows that are missing.
public typealias Column = MistiqueStorage.Column
/// What a stage did to a column that it passed on.
public typealias ColumnOperation = MistiqueStorage.ColumnOperation
/// The type of a column's values.
public typealias ColumnType = MistiqueStorage.ColumnType
/// How frames are compressed.
public typealias Codec = MistiqueStorage.Codec
/// Named columns of equal length, with their row ids.
public typealias DataFrame = MistiqueStorage.DataFrame
/// A row-major matrix of `Float`.
public typealias FloatMatrix = MistiqueStorage.FloatMatrix
/// The columns of an intermediate: maps of a network's layer, or named columns.
public typealias IntermediateSchema = MistiqueStorage.IntermediateSchema
/// The order in which a layer's values lie in a row.
public typealias MapOrder = MistiqueStorage.MapOrder
/// How values are pooled and quantized: POOL_QT, LP_QT, KBIT_QT, THRESHOLD_QT, BOUND_QT.
public typealias QuantizationScheme = MistiqueStorage.QuantizationScheme
/// The identities of rows, in their order.
public typealias RowIDs = MistiqueStorage.RowIDs
/// Rows picked from a column, by their place; -1 for a row that has none.
public typealias RowList = MistiqueStorage.RowList
/// What went wrong, where, and what to do about it.
public typealias StoreError = MistiqueStorage.StoreError
/// Texts of a column.
public typealias TextValues = MistiqueStorage.TextValues
/// Which rows of a column hold a value.
public typealias Validity = MistiqueStorage.Validity

// For the other targets of this package.

package typealias ColumnName = MistiqueStorage.ColumnName
package typealias ColumnSelector = MistiqueStorage.ColumnSelector
package typealias CountedFrames = MistiqueStorage.CountedFrames
package typealias FileDigest = MistiqueStorage.FileDigest
