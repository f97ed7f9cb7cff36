import Mistique

/// The columns of properties_2016.csv, in the order of the real file.
///
/// Raw values are places in a record; case names are the names in the header.
enum PropertyColumn: Int, CaseIterable, Sendable {
  case parcelid
  case airconditioningtypeid
  case architecturalstyletypeid
  case basementsqft
  case bathroomcnt
  case bedroomcnt
  case buildingclasstypeid
  case buildingqualitytypeid
  case calculatedbathnbr
  case decktypeid
  case finishedfloor1squarefeet
  case calculatedfinishedsquarefeet
  case finishedsquarefeet12
  case finishedsquarefeet13
  case finishedsquarefeet15
  case finishedsquarefeet50
  case finishedsquarefeet6
  case fips
  case fireplacecnt
  case fullbathcnt
  case garagecarcnt
  case garagetotalsqft
  case hashottuborspa
  case heatingorsystemtypeid
  case latitude
  case longitude
  case lotsizesquarefeet
  case poolcnt
  case poolsizesum
  case pooltypeid10
  case pooltypeid2
  case pooltypeid7
  case propertycountylandusecode
  case propertylandusetypeid
  case propertyzoningdesc
  case rawcensustractandblock
  case regionidcity
  case regionidcounty
  case regionidneighborhood
  case regionidzip
  case roomcnt
  case storytypeid
  case threequarterbathnbr
  case typeconstructiontypeid
  case unitcnt
  case yardbuildingsqft17
  case yardbuildingsqft26
  case yearbuilt
  case numberofstories
  case fireplaceflag
  case structuretaxvaluedollarcnt
  case taxvaluedollarcnt
  case assessmentyear
  case landtaxvaluedollarcnt
  case taxamount
  case taxdelinquencyflag
  case taxdelinquencyyear
  case censustractandblock

  var name: String { String(describing: self) }

  var type: ColumnType {
    switch self {
    case .hashottuborspa, .fireplaceflag: .boolean
    case .propertycountylandusecode, .propertyzoningdesc, .taxdelinquencyflag: .text
    // Census tracts are written with the block after a point: 60378002.041.
    case .bathroomcnt, .calculatedbathnbr, .lotsizesquarefeet, .rawcensustractandblock,
      .structuretaxvaluedollarcnt,
      .taxvaluedollarcnt, .landtaxvaluedollarcnt, .taxamount:
      .float64
    default: .int64
    }
  }
}
