import Foundation

/// A Wan 2.2 text-to-video model of random weights, a few thousand of each kind, in the layout that diffusers
/// writes: `tiny-a`, made with diffusers 0.42.1 and transformers 5.23.0 from a fixed seed. The goldens of the model
/// rooms were computed with it.
public enum GoldenModel {
  public static var path: String { (Bundle.module.resourcePath ?? ".") + "/tiny-a" }
}
