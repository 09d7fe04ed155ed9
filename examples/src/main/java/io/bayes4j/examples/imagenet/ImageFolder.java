package io.bayes4j.examples.imagenet;

import io.bayes4j.examples.data.MalformedDataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Picture files in folders, one for each class, whose names' order numbers the classes.
 *
 * @param classes names of the folders
 * @param files all pictures, class after class, each in the order of their names
 * @param labels the class of each file
 */
record ImageFolder(List<String> classes, List<Path> files, List<Integer> labels) {
  private static final Set<String> ENDINGS = Set.of("jpg", "jpeg", "png");

  ImageFolder {
    classes = List.copyOf(classes);
    files = List.copyOf(files);
    labels = List.copyOf(labels);
  }

  /**
   * Finds the pictures below a folder.
   *
   * @throws MalformedDataException if it has no folders, or one of them has no picture
   */
  static ImageFolder find(Path root) throws IOException {
    MalformedDataException.require(
        Files.isDirectory(root), root, "must be a folder with a folder for each class");
    List<String> classes = new ArrayList<>();
    List<Path> files = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    for (Path folder : sorted(root, Files::isDirectory)) {
      List<Path> pictures = sorted(folder, ImageFolder::isPicture);
      MalformedDataException.require(
          !pictures.isEmpty(),
          folder,
          "must hold pictures (.jpg, .jpeg, .JPEG or .png): each folder is a class");
      pictures.forEach(picture -> labels.add(classes.size()));
      files.addAll(pictures);
      classes.add(String.valueOf(folder.getFileName()));
    }
    MalformedDataException.require(!classes.isEmpty(), root, "must have a folder for each class");
    return new ImageFolder(classes, files, labels);
  }

  private static List<Path> sorted(Path folder, Predicate<Path> wanted) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(wanted)
          .sorted((a, b) -> a.getFileName().toString().compareTo(b.getFileName().toString()))
          .toList();
    }
  }

  private static boolean isPicture(Path file) {
    String name = file.getFileName().toString();
    int dot = name.lastIndexOf('.');
    return dot > 0
        && ENDINGS.contains(name.substring(dot + 1).toLowerCase(Locale.ROOT))
        && Files.isRegularFile(file);
  }

  /** So many of the pictures, evenly spread over all; all, if there are not more. */
  ImageFolder spread(int most) {
    if (most >= files.size()) {
      return this;
    }
    return chosen(IntStream.range(0, most).map(i -> place(i, most)).toArray());
  }

  /** The pictures that another does not have. */
  ImageFolder without(ImageFolder other) {
    Set<Path> taken = Set.copyOf(other.files);
    int[] left =
        IntStream.range(0, files.size()).filter(i -> !taken.contains(files.get(i))).toArray();
    return chosen(left);
  }

  private ImageFolder chosen(int... places) {
    return new ImageFolder(
        classes,
        IntStream.of(places).mapToObj(files::get).toList(),
        IntStream.of(places).mapToObj(labels::get).toList());
  }

  private int place(int i, int most) {
    return (int) (((2L * i + 1) * files.size()) / (2L * most));
  }
}
