import java.io.ByteArrayInputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import javax.xml.transform.stream.StreamSource;
import net.sf.saxon.s9api.Axis;
import net.sf.saxon.s9api.Processor;
import net.sf.saxon.s9api.XdmDestination;
import net.sf.saxon.s9api.XdmItem;
import net.sf.saxon.s9api.XdmNode;
import net.sf.saxon.s9api.XdmSequenceIterator;
import net.sf.saxon.s9api.Xslt30Transformer;
import net.sf.saxon.s9api.XsltExecutable;

/**
 * SaxonBench MILLISECONDS STYLESHEET[,STYLESHEET…] FILE…: parses each file and runs every stylesheet over it, all files again and again in
 * one warm machine for so long, then prints one line of JSON: the median of the milliseconds of processor time that one file takes, and
 * how many findings all files have.
 */
public final class SaxonBench {
  private final Processor processor = new Processor(false);
  private final List<XsltExecutable> stylesheets = new ArrayList<>();
  private final List<byte[]> files = new ArrayList<>();

  public static void main(String[] words) throws Exception {
    SaxonBench bench = new SaxonBench();
    for (String path : words[1].split(",")) {
      bench.stylesheets.add(bench.processor.newXsltCompiler().compile(new StreamSource(Path.of(path).toFile())));
    }
    for (int at = 2; at < words.length; at++) bench.files.add(Files.readAllBytes(Path.of(words[at])));
    long half = Long.parseLong(words[0]) * 500_000;
    int findings = 0;
    for (XdmNode report : bench.judgeAll()) findings += failedIn(report);
    bench.rounds(half);
    List<Long> rounds = bench.rounds(half);
    Collections.sort(rounds);
    double milliseconds = rounds.get(rounds.size() / 2) / 1e6 / bench.files.size();
    System.out.println("{\"milliseconds\":" + milliseconds + ",\"findings\":" + findings + "}");
  }

  /** The nanoseconds of processor time of every round; at least two. */
  private List<Long> rounds(long nanoseconds) throws Exception {
    List<Long> rounds = new ArrayList<>();
    long begin = System.nanoTime();
    while (rounds.size() < 2 || System.nanoTime() - begin < nanoseconds) {
      long startedAt = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
      judgeAll();
      rounds.add(ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - startedAt);
    }
    return rounds;
  }

  private List<XdmNode> judgeAll() throws Exception {
    List<XdmNode> reports = new ArrayList<>();
    for (byte[] file : files) {
      XdmNode document = processor.newDocumentBuilder().build(new StreamSource(new ByteArrayInputStream(file)));
      for (XsltExecutable stylesheet : stylesheets) {
        Xslt30Transformer transformer = stylesheet.load30();
        transformer.setGlobalContextItem(document);
        XdmDestination report = new XdmDestination();
        transformer.applyTemplates(document, report);
        reports.add(report.getXdmNode());
      }
    }
    return reports;
  }

  private static int failedIn(XdmNode report) {
    int count = 0;
    XdmSequenceIterator<XdmNode> nodes = report.axisIterator(Axis.DESCENDANT);
    while (nodes.hasNext()) {
      XdmItem item = nodes.next();
      if (item instanceof XdmNode node && node.getNodeName() != null) {
        String name = node.getNodeName().getLocalName();
        if (name.equals("failed-assert") || name.equals("successful-report")) count++;
      }
    }
    return count;
  }
}
