package io.bayes4j.spark;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Require;
import io.bayes4j.layers.io.SafeTensors;
import io.bayes4j.layers.io.TensorFile;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Rounds that are done, each a safetensors file in a folder of any file system of Hadoop's. */
final class RoundFiles {
  private static final String PREFIX = "round-";
  private static final String SUFFIX = ".safetensors";

  private final Path folder;
  private final Configuration configuration;

  RoundFiles(String folder, Configuration configuration) {
    this.folder = new Path(folder);
    this.configuration = configuration;
  }

  /**
   * All that the next round needs.
   *
   * @param state the merged model
   * @param sites the parts' factors
   * @param records of the rounds
   */
  record Progress(ModelState state, List<Gaussians> sites, List<RoundRecord> records) {}

  /** Writes a round, then deletes those before it. */
  void write(Progress progress, Map<String, String> settings) throws IOException {
    int round = progress.records().size();
    Map<String, INDArray> tensors = new LinkedHashMap<>();
    put(tensors, "mean", progress.state().mean());
    put(tensors, "sigma", progress.state().sigma());
    put(tensors, "others", progress.state().others());
    for (int part = 0; part < progress.sites().size(); part++) {
      put(tensors, "site." + part + ".precision", progress.sites().get(part).precision());
      put(tensors, "site." + part + ".shift", progress.sites().get(part).shift());
    }
    Map<String, String> words = new LinkedHashMap<>(settings);
    for (RoundRecord record : progress.records()) {
      words.put(
          "round." + record.round(), record.loss() + " " + record.bytes() + " " + record.seconds());
    }
    java.nio.file.Path temporary = Files.createTempFile("bayes4j-", SUFFIX);
    try {
      SafeTensors.write(temporary, tensors, words);
      ModelFolder.write(file(round), Files.readAllBytes(temporary), configuration);
    } finally {
      Files.deleteIfExists(temporary);
    }
    FileSystem files = folder.getFileSystem(configuration);
    for (int old : rounds()) {
      if (old < round) {
        files.delete(file(old), false);
      }
    }
  }

  /**
   * The last round; empty if there is none.
   *
   * @throws IllegalArgumentException naming a setting that was another one then
   */
  Optional<Progress> read(Map<String, String> settings) throws IOException {
    int last = rounds().stream().mapToInt(Integer::intValue).max().orElse(0);
    if (last == 0) {
      return Optional.empty();
    }
    TensorFile content =
        ModelSource.withFile(
            ModelFolder.read(file(last), configuration), path -> SafeTensors.read(path));
    settings.forEach(
        (name, value) ->
            Require.argument(
                value.equals(content.metadata().get(name)),
                "%s must be that of the run in %s, %s, got %s",
                name,
                folder,
                content.metadata().get(name),
                value));
    Map<String, INDArray> tensors = content.tensors();
    List<Gaussians> sites = new ArrayList<>();
    while (tensors.containsKey("site." + sites.size() + ".precision")) {
      String site = "site." + sites.size();
      sites.add(
          new Gaussians(doubles(tensors, site + ".precision"), doubles(tensors, site + ".shift")));
    }
    return Optional.of(
        new Progress(
            new ModelState(
                floats(tensors, "mean"), floats(tensors, "sigma"), floats(tensors, "others")),
            sites,
            records(content.metadata())));
  }

  private static List<RoundRecord> records(Map<String, String> words) {
    List<RoundRecord> records = new ArrayList<>();
    for (String line = words.get("round.1");
        line != null;
        line = words.get("round." + (records.size() + 1))) {
      String[] numbers = line.split(" ", -1);
      records.add(
          new RoundRecord(
              records.size() + 1,
              Double.parseDouble(numbers[0]),
              Long.parseLong(numbers[1]),
              Double.parseDouble(numbers[2])));
    }
    return records;
  }

  private static double[] doubles(Map<String, INDArray> tensors, String name) {
    INDArray tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException("the file of a round must hold the tensor " + name);
    }
    return tensor.data().asDouble();
  }

  private static float[] floats(Map<String, INDArray> tensors, String name) {
    return tensors.containsKey(name) ? FloatMemory.numbers(tensors.get(name), name) : new float[0];
  }

  private static void put(Map<String, INDArray> tensors, String name, float... numbers) {
    if (numbers.length > 0) {
      tensors.put(name, Detached.of(numbers));
    }
  }

  private static void put(Map<String, INDArray> tensors, String name, double... numbers) {
    INDArray array = Detached.create(DataType.DOUBLE, numbers.length);
    array.data().asNioDouble().put(numbers);
    tensors.put(name, array);
  }

  private Path file(int round) {
    return new Path(folder, String.format(Locale.ROOT, "%s%04d%s", PREFIX, round, SUFFIX));
  }

  private List<Integer> rounds() throws IOException {
    FileSystem files = folder.getFileSystem(configuration);
    List<Integer> found = new ArrayList<>();
    if (files.exists(folder)) {
      for (FileStatus status : files.listStatus(folder)) {
        String name = status.getPath().getName();
        if (name.matches(PREFIX + "\\d{4,}\\" + SUFFIX)) {
          found.add(
              Integer.parseInt(name.substring(PREFIX.length(), name.length() - SUFFIX.length())));
        }
      }
    }
    return found;
  }
}
