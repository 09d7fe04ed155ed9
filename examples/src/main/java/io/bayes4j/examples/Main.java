package io.bayes4j.examples;

import io.bayes4j.examples.cifar.CifarCommand;
import io.bayes4j.examples.convert.ConvertCommand;
import io.bayes4j.examples.imagenet.ImageNetCommand;
import io.bayes4j.examples.mnist.MnistCommand;
import io.bayes4j.examples.programs.Programs;
import io.bayes4j.layers.train.DivergedException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The examples as one command line: {@code examples/run --help}. */
@Command(
    name = "examples/run",
    description = "Bayes4J's examples: networks that say how sure they are.",
    mixinStandardHelpOptions = true,
    subcommands = {
      MnistCommand.class,
      CifarCommand.class,
      ImageNetCommand.class,
      ConvertCommand.class
    })
public final class Main implements Runnable {
  private Main() {}

  public static void main(String[] args) {
    System.exit(run(args));
  }

  /** Runs a command line; returns its exit code: 0 done, 1 failed, 2 wrong arguments. */
  public static int run(String... args) {
    return commandLine().execute(withDefaultCommand(args));
  }

  /** As {@link #run(String...)}, writing to the given places. */
  public static int run(PrintWriter out, PrintWriter err, String... args) {
    return commandLine().setOut(out).setErr(err).execute(withDefaultCommand(args));
  }

  private static CommandLine commandLine() {
    CommandLine line = new CommandLine(new Main());
    Programs.all().forEach(line::addSubcommand);
    line.getCommandSpec().version("Bayes4J examples " + Release.version());
    return line.setUsageHelpAutoWidth(true)
        .setOverwrittenOptionsAllowed(true)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(Main::fail);
  }

  /** {@code mnist --epochs 3} means {@code mnist train --epochs 3}. */
  private static String[] withDefaultCommand(String... args) {
    boolean bare = args.length == 1 || (args.length > 1 && args[1].startsWith("-"));
    boolean help = args.length > 1 && List.of("-h", "--help", "-V", "--version").contains(args[1]);
    if (args.length == 0 || !args[0].equals("mnist") || !bare || help) {
      return args;
    }
    List<String> full = new ArrayList<>(Arrays.asList(args));
    full.add(1, "train");
    return full.toArray(String[]::new);
  }

  /**
   * What the user did wrong, or what went wrong around us, in one line; a fault of the program with
   * its trace.
   */
  private static int fail(Exception e, CommandLine line, CommandLine.ParseResult result) {
    boolean expected =
        e instanceof IllegalArgumentException
            || e instanceof IOException
            || e instanceof UncheckedIOException
            || e instanceof DivergedException;
    line.getErr().println("error: " + (expected ? words(e) : e.toString()));
    if (!expected) {
      e.printStackTrace(line.getErr());
    }
    return 1;
  }

  /** The message; Java's own about a file that cannot be read is its name alone. */
  static @Nullable String words(Exception e) {
    if (e instanceof UncheckedIOException && e.getCause() instanceof IOException cause) {
      return words(cause);
    }
    if (e instanceof FileSystemException file && file.getReason() == null) {
      if (e instanceof NoSuchFileException) {
        return e.getMessage() + ": there is no such file or folder";
      }
      if (e instanceof AccessDeniedException) {
        return e.getMessage() + ": access is denied";
      }
    }
    return e.getMessage();
  }

  @Override
  public void run() {
    new CommandLine(this).usage(System.out);
  }
}
