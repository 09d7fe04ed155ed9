package io.bayes4j.examples.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The four files that MNIST consists of, wherever they lie. */
record MnistFiles(
    PublishedFile trainImages,
    PublishedFile trainLabels,
    PublishedFile testImages,
    PublishedFile testLabels) {
  /** As published by LeCun, Cortes and Burges. */
  static final MnistFiles ORIGINAL =
      new MnistFiles(
          new PublishedFile(
              "train-images-idx3-ubyte", 9_912_422, "f68b3c2dcbeaaa9fbdd348bbdeb94873"),
          new PublishedFile("train-labels-idx1-ubyte", 28_881, "d53e105ee54ea40749a09fcbcd1e9432"),
          new PublishedFile(
              "t10k-images-idx3-ubyte", 1_648_877, "9fb629c4189551a2d022fa330f9573f3"),
          new PublishedFile("t10k-labels-idx1-ubyte", 4_542, "ec29112dd5afa0611ce80d1b7f02629c"));

  private static final int CLASSES = 10;

  List<PublishedFile> all() {
    return List.of(trainImages, trainLabels, testImages, testLabels);
  }

  /** The files of which a folder holds no undamaged copy. */
  List<PublishedFile> notSoundIn(Path folder) throws IOException {
    List<PublishedFile> missing = new ArrayList<>();
    for (PublishedFile file : all()) {
      if (!file.isSoundIn(folder)) {
        missing.add(file);
      }
    }
    return missing;
  }

  /** Whether a folder holds all four files, gzipped or not. */
  boolean areIn(Path folder) {
    return all().stream().allMatch(file -> file.in(folder).isPresent());
  }

  /** The images to learn from, in the files' order. */
  ImageSet readTrain(Path folder) throws IOException {
    return read(folder, trainImages, trainLabels);
  }

  /** The images to test on, in the files' order. */
  ImageSet readTest(Path folder) throws IOException {
    return read(folder, testImages, testLabels);
  }

  private static ImageSet read(Path folder, PublishedFile images, PublishedFile labels)
      throws IOException {
    Path imageFile = present(images.in(folder), images, folder);
    Path labelFile = present(labels.in(folder), labels, folder);
    return DigitFrame.requireFrame(
        imageFile, IdxFile.labelled("digits", imageFile, labelFile, CLASSES));
  }

  private static Path present(Optional<Path> path, PublishedFile file, Path folder)
      throws IOException {
    return path.orElseThrow(
        () -> new MalformedDataException(folder, "must hold " + file.name() + ", but does not"));
  }
}
