package io.bayes4j.examples.mnist;

import io.bayes4j.examples.SourceOptions;
import io.bayes4j.examples.data.DigitData;
import io.bayes4j.examples.data.LoadedData;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options that several commands share: where the data are. */
final class DataArguments {
  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "Folder with the four MNIST files, and perhaps notmnist/ and fashion-mnist/. Without it:"
              + " the cache, a download, or 5,000 digits of MNIST that come with the examples.")
  private @Nullable Path directory;

  @Mixin private SourceOptions source;

  /** Finds the data and says which they are. */
  LoadedData load(PrintWriter out) throws IOException {
    LoadedData data = DigitData.find(source.with(Optional.ofNullable(directory), out));
    out.println(data.description());
    out.println(data.licence());
    data.notes().forEach(out::println);
    out.flush();
    return data;
  }
}
