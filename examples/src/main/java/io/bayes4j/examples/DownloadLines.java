package io.bayes4j.examples;

import io.bayes4j.examples.data.DownloadProgress;
import java.io.PrintWriter;
import java.util.HashSet;
import java.util.Set;

/** One line for each file that is downloaded. */
public final class DownloadLines implements DownloadProgress {
  private final PrintWriter out;
  private final Set<String> announced = new HashSet<>();

  /** Lines go to the given writer. */
  public DownloadLines(PrintWriter out) {
    this.out = out;
  }

  @Override
  public void at(String file, long done, long total) {
    if (announced.add(file)) {
      out.println("Downloading " + file + " …");
      out.flush();
    }
  }
}
