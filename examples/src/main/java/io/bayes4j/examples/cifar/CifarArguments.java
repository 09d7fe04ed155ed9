package io.bayes4j.examples.cifar;

import io.bayes4j.core.kernels.Precision;
import io.bayes4j.examples.Check;
import io.bayes4j.examples.ComputeOptions;
import io.bayes4j.examples.SourceOptions;
import io.bayes4j.examples.data.CifarData;
import io.bayes4j.examples.data.ColourImages;
import io.bayes4j.examples.data.DigitData;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options that several commands share. */
final class CifarArguments {
  private static final int FOREIGN = 1000;

  @Option(
      names = "--data",
      paramLabel = "PATH",
      description =
          "Folder with cifar-10-batches-bin or its files, or cifar-10-binary.tar.gz, and perhaps"
              + " notmnist/. Without it: the cache, or a download.")
  private @Nullable Path directory;

  @Mixin private SourceOptions source;

  @Mixin private ComputeOptions compute;

  @Option(names = "--samples", description = "Networks that are drawn to judge an image.")
  private int samples = 20;

  @Option(
      names = "--images",
      paramLabel = "N",
      description = "Use only the first N test images (default: all).")
  private int images = Integer.MAX_VALUE;

  void check() {
    Check.positive(samples, "--samples");
    Check.positive(images, "--images");
    compute.apply();
  }

  Precision precision() {
    return compute.precision();
  }

  int samples() {
    return samples;
  }

  int images() {
    return images;
  }

  /** Images of other things: clothes, white noise, and letters if they lie beside the data. */
  List<ColourImages> foreign(long seed) throws IOException {
    int most = Math.min(FOREIGN, images);
    List<ColourImages> all = new ArrayList<>();
    if (directory != null && Files.isDirectory(directory)) {
      DigitData.letters(directory).ifPresent(set -> all.add(ColourImages.framed(set).first(most)));
    }
    all.add(ColourImages.clothes().first(most));
    all.add(ColourImages.whiteNoise(most, seed));
    return all;
  }

  CifarData find(PrintWriter out) throws IOException {
    CifarData data = CifarData.find(source.with(Optional.ofNullable(directory), out));
    out.println(data);
    out.println(CifarData.LICENCE);
    out.flush();
    return data;
  }
}
