import COneDNN

/// What is known of the libraries that multiply.
public enum MathLibraries {
  /// Whether oneDNN multiplies with AMX.
  static let hasAMX = mv_dnn_has_amx() != 0

  /// The version as in "2.6.3", and the best instruction set that it may use, in its own words.
  public static var oneDNN: (version: String, instructionSet: String) {
    var (major, minor, patch): (Int32, Int32, Int32) = (0, 0, 0)
    mv_dnn_version(&major, &minor, &patch)
    return ("\(major).\(minor).\(patch)", String(cString: mv_dnn_isa()))
  }
}
