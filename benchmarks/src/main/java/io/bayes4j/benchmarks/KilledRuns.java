package io.bayes4j.benchmarks;

import io.bayes4j.core.internal.Require;
import io.bayes4j.core.random.Noise;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.BatchNorm1d;
import io.bayes4j.layers.Dropout;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.io.SafeTensors;
import io.bayes4j.layers.io.StateDict;
import io.bayes4j.layers.loss.Losses;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.train.Dataset;
import io.bayes4j.layers.train.EarlyStopping;
import io.bayes4j.layers.train.EpochRecord;
import io.bayes4j.layers.train.Trainer;
import io.bayes4j.layers.train.TrainingListener;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.VariationalSpec;
import io.bayes4j.layers.zoo.LayerFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Kills training processes with SIGKILL, half of them while they write their checkpoint, resumes
 * each, and compares what comes out with runs that nobody disturbed, bit for bit.
 *
 * <p>Usage: {@code benchmarks/run kills [KILLS]}, 40 unless said otherwise.
 */
final class KilledRuns {
  private static final int EPOCHS = 60;

  /** What a process says after each epoch, before it writes the checkpoint. */
  private static final int EPOCH_DONE = '>';

  private static final double LONGEST_WAIT_MS = 400;
  private static final int INPUTS = 64;
  private static final int WIDTH = 512;

  private final Path folder;
  private Noise noise = Noise.seeded(1);
  private int kills;
  private int duringWrites;

  private KilledRuns(Path folder) {
    this.folder = folder;
  }

  public static void main(String[] args) throws Exception {
    if (args.length == 3) {
      train(Path.of(args[0]), Path.of(args[1]), Long.parseLong(args[2]));
      return;
    }
    int wanted = args.length == 0 ? 40 : Integer.parseInt(args[0]);
    KilledRuns all = new KilledRuns(Files.createTempDirectory("bayes4j-kills"));
    int runs = 0;
    while (all.kills < wanted) {
      all.run(++runs, wanted);
      System.out.printf(
          Locale.US, "run %d came to the undisturbed bytes, %d kills so far%n", runs, all.kills);
      System.out.flush();
    }
    System.out.printf(
        Locale.US,
        "%d kills, %d run(s) of %d epochs, %d of them during a write, whose temporary files are"
            + " gone; every run came to the bytes of the undisturbed one%n",
        all.kills,
        runs,
        EPOCHS,
        all.duringWrites);
  }

  /** A run that goes on until it is done, killed on the way as long as there are kills left. */
  private void run(long seed, int wanted) throws Exception {
    Path file = folder.resolve("run-" + seed + ".safetensors");
    Path result = folder.resolve("result-" + seed + ".safetensors");
    int epochs = 0;
    while (!Files.exists(result)) {
      Process child = start(file, result, seed);
      boolean killed = kills < wanted && kill(child);
      if (!killed) {
        Require.state(child.waitFor() == 0, "run %d failed with %d", seed, child.exitValue());
      }
      int now = epochsIn(file);
      Require.state(now >= epochs, "run %d went back from epoch %d to %d", seed, epochs, now);
      epochs = now;
    }
    Require.state(temporary().isEmpty(), "temporary files stayed: %s", temporary());
    Path undisturbed = folder.resolve("undisturbed-" + seed + ".safetensors");
    train(folder.resolve("alone-" + seed + ".safetensors"), undisturbed, seed);
    Require.state(
        Files.mismatch(undisturbed, result) < 0,
        "run %d gave other numbers than undisturbed",
        seed);
  }

  private Process start(Path file, Path result, long seed) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx512m", "-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(KilledRuns.class.getName(), file.toString(), result.toString()));
    command.add(Long.toString(seed));
    return new ProcessBuilder(command).redirectError(folder.resolve("errors.txt").toFile()).start();
  }

  /** Kills a process some time after its first epoch; false if it was done before. */
  private boolean kill(Process child) throws Exception {
    List<Path> before = temporary();
    int said;
    do {
      said = child.getInputStream().read();
    } while (said >= 0 && said != EPOCH_DONE);
    noise = noise.split(1);
    long wait = (long) (LONGEST_WAIT_MS * noise.uniforms(1).getFloat(0));
    if (child.waitFor(wait, TimeUnit.MILLISECONDS)) {
      return false;
    }
    boolean writing = kills % 2 == 0;
    while (writing && child.isAlive() && before.containsAll(temporary())) {
      Thread.onSpinWait();
    }
    child.destroyForcibly();
    if (child.waitFor() == 0) {
      return false;
    }
    kills++;
    duringWrites += before.containsAll(temporary()) ? 0 : 1;
    return true;
  }

  private List<Path> temporary() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".tmp")).toList();
    }
  }

  private static int epochsIn(Path file) throws IOException {
    if (!Files.exists(file)) {
      return 0;
    }
    String history = SafeTensors.read(file).metadata().get("bayes4j.history");
    return Require.nonNull(history, "history").split("\"epoch\":", -1).length - 1;
  }

  private static Sequential model(long seed) {
    var layers =
        LayerFactory.variational(
            Estimator.FLIPOUT,
            VariationalSpec.defaults().withInitialSigma(0.02),
            Init.seeded(seed));
    return Sequential.of(
        layers.linear(INPUTS, WIDTH),
        new BatchNorm1d(WIDTH),
        Activation.RELU,
        new Dropout(0.2),
        layers.linear(WIDTH, 3));
  }

  /** Trains to the end, from the checkpoint if there is one, and writes model and history. */
  private static void train(Path file, Path result, long seed) throws IOException {
    Sequential model = model(seed);
    INDArray x = Noise.seeded(seed).normals(300, INPUTS);
    int[] labels = new int[300];
    Arrays.setAll(labels, i -> (x.getFloat(i, 0) > 0 ? 1 : 0) + (x.getFloat(i, 1) > 0 ? 1 : 0));
    INDArray held = Noise.seeded(seed + 100).normals(50, INPUTS);
    TrainingListener telling =
        new TrainingListener() {
          @Override
          public void epoch(EpochRecord record) {
            System.out.print((char) EPOCH_DONE);
            System.out.flush();
          }
        };
    List<EpochRecord> history =
        Trainer.of(model, Losses.crossEntropy(), Dataset.of(x, labels, 3))
            .epochs(EPOCHS)
            .batchSize(64)
            .seed(seed)
            .learningRate(0.01)
            .validation(
                m ->
                    Map.of(
                        "size",
                        MonteCarlo.of(m).samples(2).outputs(held).norm2Number().doubleValue()))
            .earlyStopping(new EarlyStopping("size", EPOCHS))
            .listener(telling)
            .checkpoint(file)
            .resume()
            .build()
            .fit();
    StringBuilder losses = new StringBuilder();
    for (EpochRecord record : history) {
      losses.append(record.loss()).append(' ').append(record.validation()).append('\n');
    }
    SafeTensors.write(result, StateDict.of(model), Map.of("losses", losses.toString()));
  }
}
