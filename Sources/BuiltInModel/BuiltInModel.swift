import Foundation

/// wan-nano: a model of Wan 2.2's architecture at toy size that comes with the program.
///
/// It knows a small world of coloured shapes that move through scenes; `Training` beside this file is the recipe
/// that made it.
public enum BuiltInModel {
  public static let name = "wan-nano"

  /// Its folder, in the diffusers layout.
  public static var path: String { (Bundle.module.resourcePath ?? Bundle.module.bundlePath) + "/" + name }
}
