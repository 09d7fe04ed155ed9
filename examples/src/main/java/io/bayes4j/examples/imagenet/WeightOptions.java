package io.bayes4j.examples.imagenet;

import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Which network. */
final class WeightOptions {
  @SuppressWarnings("NullAway.Init") // Required.
  @Option(
      names = "--weights",
      paramLabel = "FILE",
      required = true,
      description =
          "Torchvision's weights (.pth or .safetensors), or what 'imagenet convert' or 'imagenet ptq'"
              + " wrote.")
  private Path file;

  @Option(
      names = "--depth",
      description =
          "Of torchvision's network: 18, 34, 50, 101 or 152; what these wrote says its own.")
  private int depth = 50;

  ImageNetNetwork read() throws IOException {
    return ImageNetNetwork.read(file, depth);
  }
}
