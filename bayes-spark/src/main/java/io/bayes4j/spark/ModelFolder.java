package io.bayes4j.spark;

import io.bayes4j.core.internal.Require;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.util.DefaultParamsReadable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.SparkSession;
import scala.Option;

/**
 * A saved stage: Spark's {@code metadata} of the parameters, and a folder {@code model} with the
 * files that the model is made of.
 */
final class ModelFolder {
  private static final String FOLDER = "model";
  private static final String WORDS = "network.txt";
  private static final String CHECKPOINT = "checkpoint.safetensors";
  private static final String FILE = "imported";

  private ModelFolder() {}

  /** Bytes of a file on any file system that Hadoop knows. */
  static byte[] read(String file) throws IOException {
    return read(new Path(file), configuration(file));
  }

  /** What the session of this thread, or else the JVM's, knows of file systems. */
  static Configuration configuration(String file) {
    Option<SparkSession> session =
        SparkSession.getActiveSession().orElse(SparkSession::getDefaultSession);
    Require.state(
        session.isDefined(), "start a Spark session first: it knows the file system of %s", file);
    return session.get().sparkContext().hadoopConfiguration();
  }

  static byte[] read(Path path, Configuration configuration) throws IOException {
    FileSystem files = path.getFileSystem(configuration);
    long length = files.getFileStatus(path).getLen();
    if (length > Integer.MAX_VALUE - 8) {
      throw new IOException(path + " has " + length + " bytes, more than 2 GiB");
    }
    try (FSDataInputStream in = files.open(path)) {
      return in.readAllBytes();
    }
  }

  static byte[] readIfThere(Path path, Configuration configuration) throws IOException {
    return path.getFileSystem(configuration).exists(path) ? read(path, configuration) : new byte[0];
  }

  /** Writes a file under another name first. */
  static void write(Path path, byte[] bytes, Configuration configuration) throws IOException {
    FileSystem files = path.getFileSystem(configuration);
    Path temporary = path.suffix(".tmp");
    try (OutputStream out = files.create(temporary, true)) {
      out.write(bytes);
    }
    if (!files.rename(temporary, path)) {
      throw new IOException(temporary + " cannot be renamed to " + path);
    }
  }

  /** Writes a stage. */
  static final class Writer extends MLWriter {
    private final BayesianModel model;

    Writer(BayesianModel model) {
      this.model = model;
    }

    @Override
    public void saveImpl(String path) {
      ModelSource source = model.source();
      if (!source.isThere()) {
        throw new IllegalStateException("there is no model to save");
      }
      Configuration configuration = sparkSession().sparkContext().hadoopConfiguration();
      Path folder = new Path(path, FOLDER);
      try {
        model.parameterWriter().session(sparkSession()).save(path);
        String words = source.factory() + "\n" + source.conversion() + "\n" + source.moped() + "\n";
        if (source.checkpoint().length > 0) {
          write(new Path(folder, CHECKPOINT), source.checkpoint(), configuration);
        }
        if (source.file().length > 0) {
          write(new Path(folder, FILE), source.file(), configuration);
        }
        write(new Path(folder, WORDS), words.getBytes(StandardCharsets.UTF_8), configuration);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Reads a stage. */
  static final class Reader extends MLReader<BayesianModel> {
    @Override
    public BayesianModel load(String path) {
      BayesianModel model = new Parameters().read().session(sparkSession()).load(path);
      Configuration configuration = sparkSession().sparkContext().hadoopConfiguration();
      Path folder = new Path(path, FOLDER);
      try {
        String text =
            new String(read(new Path(folder, WORDS), configuration), StandardCharsets.UTF_8);
        List<String> words = text.lines().toList();
        if (words.size() != 3) {
          throw new IOException(new Path(folder, WORDS) + " must have three lines, got " + words);
        }
        return model.with(
            new ModelSource(
                words.get(0),
                words.get(1),
                Double.parseDouble(words.get(2)),
                readIfThere(new Path(folder, FILE), configuration),
                readIfThere(new Path(folder, CHECKPOINT), configuration)));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Reads the parameters alone. */
  private static final class Parameters implements DefaultParamsReadable<BayesianModel> {
    @Override
    public MLReader<BayesianModel> read() {
      return DefaultParamsReadable.super.read();
    }

    @Override
    public BayesianModel load(String path) {
      return read().load(path);
    }
  }
}
