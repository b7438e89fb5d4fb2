package org.widthbench.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.util.Map;
import org.widthbench.experiment.Provenance;
import org.widthbench.report.Report;

/** The part of a page that says where its run came from. */
final class Pages {
    private Pages() {}

    static Report.Origin origin(Provenance provenance) {
        Map<String, Object> rest = provenance.toMap();
        rest.remove("configuration");
        rest.remove("command");
        try {
            String yaml = YAMLMapper.builder()
                    .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                    .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
                    .build()
                    .writeValueAsString(provenance.settings().configuration());
            return new Report.Origin(provenance.command(), yaml, rest);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a configuration is plain values", e);
        }
    }
}
