package io.bayes4j.examples.data;

import io.bayes4j.examples.Check;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Finds digits to learn from, and images that are no digits to be unsure about.
 *
 * <p>The first of these that there is: the folder that the user names, and then nothing else; MNIST
 * in the cache folder; MNIST downloaded into it; the small set that comes with the program.
 *
 * <p>Letters and clothes are read from {@code notmnist/t10k-images-idx3-ubyte.gz} and {@code
 * fashion-mnist/t10k-images-idx3-ubyte.gz} in the user's or the cache folder if they are there.
 * Without them there are no letters, but the clothes that come with the program.
 */
public final class DigitData {
  /** Of each of the bundled digits, those up to here in the file's order are for training, */
  static final int BUNDLED_TRAIN_END = 350;

  /** those from there up to here for validation, and the rest for testing. */
  static final int BUNDLED_VALIDATION_END = 400;

  /**
   * One in so many of MNIST's training images, those at the end, is kept for validation: 5,000 of
   * 60,000.
   */
  private static final int VALIDATION_PART = 12;

  private static final int CLASSES = 10;
  private static final String MNIST_FOLDER = "mnist";
  private static final String MNIST_LICENCE =
      "MNIST: Y. LeCun, C. Cortes, C. J. C. Burges, commonly given as CC BY-SA 3.0.";

  private static final OutsideSet LETTERS =
      new OutsideSet("letters", "notmnist", "Letters: notMNIST, Y. Bulatov, 2011.");
  private static final OutsideSet CLOTHES =
      new OutsideSet("clothes", "fashion-mnist", "Clothes: Fashion-MNIST, Zalando SE, 2017, MIT.");

  private final DataOptions options;
  private final MnistFiles files;

  private DigitData(DataOptions options, MnistFiles files) {
    this.options = options;
    this.files = files;
  }

  /**
   * Finds and reads the data.
   *
   * @throws IllegalArgumentException if the user's folder does not hold the files of MNIST
   * @throws MalformedDataException if a file breaks its format
   * @throws InterruptedIOException if the thread is interrupted during a download
   * @throws IOException if a file cannot be read; a failed download is no error but a note in the
   *     result
   */
  public static LoadedData find(DataOptions options) throws IOException {
    return find(options, MnistFiles.ORIGINAL);
  }

  static LoadedData find(DataOptions options, MnistFiles files) throws IOException {
    DigitData data = new DigitData(options, files);
    return options.directory().isPresent()
        ? data.fromDirectory(options.directory().get())
        : data.fromCacheOrBundle();
  }

  private LoadedData fromDirectory(Path directory) throws IOException {
    Path below = directory.resolve(MNIST_FOLDER);
    Path mnist = files.areIn(directory) ? directory : below;
    Check.argument(
        files.areIn(mnist),
        "--data must be a folder that holds %s, each also without .gz, itself or in a folder %s in"
            + " it; got %s",
        files.all().stream().map(PublishedFile::name).collect(Collectors.joining(", ")),
        MNIST_FOLDER,
        directory);
    return mnist(mnist, directory, "from the folder " + mnist);
  }

  private LoadedData fromCacheOrBundle() throws IOException {
    Path folder = options.cache().resolve(MNIST_FOLDER);
    List<PublishedFile> missing = files.notSoundIn(folder);
    if (missing.isEmpty()) {
      return mnist(folder, options.cache(), "from the cache folder " + folder);
    }
    if (options.offline()) {
      return bundled(
          List.of(
              "MNIST is not in the cache folder "
                  + folder
                  + ", and --offline forbids to download it."));
    }
    try {
      new Download(options).fetch(missing, folder);
    } catch (InterruptedIOException e) {
      throw e;
    } catch (IOException e) {
      return bundled(List.of("MNIST could not be downloaded: " + e.getMessage() + "."));
    }
    return mnist(folder, options.cache(), "downloaded to " + folder);
  }

  private LoadedData mnist(Path folder, Path others, String origin) throws IOException {
    ImageSet all = files.readTrain(folder);
    int validation = all.size() / VALIDATION_PART;
    Check.argument(
        validation > 0,
        "the training images in %s must be at least %d, got %d",
        folder,
        VALIDATION_PART,
        all.size());
    int cut = all.size() - validation;
    ImageSet test = files.readTest(folder);
    List<ImageSet> outside = outOfDistribution(others);
    return new LoadedData(
        all.slice(0, cut),
        all.slice(cut, all.size()),
        test,
        outside,
        "MNIST, " + counts(cut, validation, test) + ", " + origin,
        licence(MNIST_LICENCE, outside),
        List.of());
  }

  /** Letters of notMNIST, if a folder has them in a folder {@code notmnist}. */
  public static Optional<ImageSet> letters(Path folder) throws IOException {
    return LETTERS.readFrom(folder);
  }

  /** What lies beside MNIST; the bundled clothes unless there are others. */
  private static List<ImageSet> outOfDistribution(Path folder) throws IOException {
    List<ImageSet> found = new ArrayList<>();
    Optional<ImageSet> letters = LETTERS.readFrom(folder);
    if (letters.isPresent()) {
      found.add(letters.get());
    }
    Optional<ImageSet> clothes = CLOTHES.readFrom(folder);
    found.add(clothes.isPresent() ? clothes.get() : Bundled.clothes());
    return found;
  }

  private static String licence(String digits, List<ImageSet> outside) {
    StringBuilder line = new StringBuilder(digits);
    for (OutsideSet known : List.of(LETTERS, CLOTHES)) {
      if (outside.stream().anyMatch(set -> set.name().equals(known.name))) {
        line.append(' ').append(known.credit);
      }
    }
    return line.toString();
  }

  /** The digits that come with the program, whatever else there is. */
  public static LoadedData bundled() throws IOException {
    return bundled(List.of());
  }

  private static LoadedData bundled(List<String> notes) throws IOException {
    ImageSet digits = Bundled.digits();
    ImageSet train = ofEach(digits, 0, BUNDLED_TRAIN_END);
    ImageSet validation = ofEach(digits, BUNDLED_TRAIN_END, BUNDLED_VALIDATION_END);
    ImageSet test = ofEach(digits, BUNDLED_VALIDATION_END, digits.size());
    List<ImageSet> outside = List.of(Bundled.clothes());
    return new LoadedData(
        train,
        validation,
        test,
        outside,
        "the 5,000 bundled digits of MNIST, " + counts(train.size(), validation.size(), test),
        licence(MNIST_LICENCE, outside),
        notes);
  }

  /**
   * Those of each digit whose number among their like is in [from, to), the digits taking turns, so
   * that the first few are some of each.
   */
  private static ImageSet ofEach(ImageSet digits, int from, int to) {
    List<List<Integer>> ofDigit = new ArrayList<>();
    for (int digit = 0; digit < CLASSES; digit++) {
      ofDigit.add(new ArrayList<>());
    }
    for (int i = 0; i < digits.size(); i++) {
      ofDigit.get(digits.label(i)).add(i);
    }
    List<GreyImage> images = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    for (int number = from; number < to; number++) {
      for (List<Integer> alike : ofDigit) {
        if (number < alike.size()) {
          int i = alike.get(number);
          images.add(new GreyImage(digits.height(), digits.width(), digits.pixels(i)));
          labels.add(digits.label(i));
        }
      }
    }
    return ImageSet.gathering(
        digits.name(), images, labels.stream().mapToInt(Integer::intValue).toArray());
  }

  private static String counts(int train, int validation, ImageSet test) {
    return String.format(
        Locale.ROOT,
        "%d images for training, %d for validation, %d for testing",
        train,
        validation,
        test.size());
  }

  /** Images that are no digits, which a user may keep in a folder of this name beside MNIST. */
  private record OutsideSet(String name, String folder, String credit) {
    Optional<ImageSet> readFrom(Path parent) throws IOException {
      Optional<Path> images = MnistFiles.ORIGINAL.testImages().in(parent.resolve(folder));
      if (images.isEmpty()) {
        return Optional.empty();
      }
      ImageSet read = IdxFile.images(name, images.get());
      return Optional.of(DigitFrame.requireFrame(images.get(), read));
    }
  }
}
