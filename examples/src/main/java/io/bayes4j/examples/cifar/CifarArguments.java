package io.bayes4j.examples.cifar;

import io.bayes4j.core.internal.Require;
import io.bayes4j.core.kernels.Precision;
import io.bayes4j.examples.ComputeOptions;
import io.bayes4j.examples.DownloadLines;
import io.bayes4j.examples.data.CifarData;
import io.bayes4j.examples.data.DataOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options that several commands share. */
final class CifarArguments {
  @Option(
      names = "--data",
      paramLabel = "PATH",
      description =
          "Folder with cifar-10-batches-bin or its files, or cifar-10-binary.tar.gz. Without it:"
              + " the cache, or a download.")
  private Path directory;

  @Option(
      names = "--cache",
      paramLabel = "DIR",
      description = "Folder for downloads (default: the user's cache folder).")
  private Path cache;

  @Option(names = "--offline", description = "Do not download.")
  private boolean offline;

  @Mixin private ComputeOptions compute;

  @Option(names = "--samples", description = "Networks that are drawn to judge an image.")
  private int samples = 20;

  @Option(
      names = "--images",
      paramLabel = "N",
      description = "Use only the first N test images (default: all).")
  private int images = Integer.MAX_VALUE;

  void check() {
    Require.positive((long) samples, "--samples");
    Require.positive((long) images, "--images");
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

  CifarData find(PrintWriter out) throws IOException {
    DataOptions options = DataOptions.defaults().withOffline(offline);
    if (directory != null) {
      options = options.withDirectory(directory);
    }
    if (cache != null) {
      options = options.withCache(cache);
    }
    CifarData data = CifarData.find(options.withProgress(new DownloadLines(out)));
    out.println(data);
    out.println(CifarData.LICENCE);
    out.flush();
    return data;
  }
}
