package io.bayes4j.spark;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;

/**
 * The saved stages that {@link BayesianModel#setSavedStage} names, each read once in this JVM, and
 * again when its files have changed: a server of Spark Connect makes a stage for every request.
 */
final class SavedStages {
  private static final int KEPT = 2;

  /** By use, that of the longest ago first. */
  private static final Map<String, Read> STAGES = new LinkedHashMap<>(16, 0.75f, true);

  private SavedStages() {}

  /**
   * A stage that was read.
   *
   * @param files what its folder held then
   */
  private record Read(List<String> files, BayesianModel stage) {}

  /**
   * The stage in a folder, which the caller must not change.
   *
   * @throws IllegalArgumentException if there is no such folder
   */
  static synchronized BayesianModel read(String path) {
    try {
      Path folder = new Path(path);
      Configuration configuration = ModelFolder.configuration(path);
      FileSystem system = folder.getFileSystem(configuration);
      String name = system.makeQualified(folder).toString();
      List<String> files = files(system, folder);
      Read known = STAGES.get(name);
      if (known == null || !known.files.equals(files)) {
        known = new Read(files, BayesianModel.load(path));
        STAGES.put(name, known);
        if (STAGES.size() > KEPT) {
          STAGES.remove(STAGES.keySet().iterator().next());
        }
      }
      return known.stage;
    } catch (FileNotFoundException e) {
      throw new IllegalArgumentException(
          "savedStage must be the folder of a saved stage, got " + path, e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Name, length and time of each file. */
  private static List<String> files(FileSystem system, Path folder) throws IOException {
    List<String> files = new ArrayList<>();
    RemoteIterator<LocatedFileStatus> all = system.listFiles(folder, true);
    while (all.hasNext()) {
      LocatedFileStatus file = all.next();
      files.add(file.getPath() + " " + file.getLen() + " " + file.getModificationTime());
    }
    files.sort(null);
    return files;
  }
}
