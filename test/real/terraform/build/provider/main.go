// A provider that has a schema and no resources: `tofu validate` asks it what may be written, and nothing else.
// The schema is the file that ENVSEAL_SCHEMA names, as `terraform providers schema -json` writes one provider.
package main

import (
	"context"
	"encoding/json"
	"log"
	"os"

	"github.com/hashicorp/terraform-plugin-go/tfprotov5"
	"github.com/hashicorp/terraform-plugin-go/tfprotov5/tf5server"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

type attribute struct {
	Type     json.RawMessage `json:"type"`
	Required bool            `json:"required"`
	Optional bool            `json:"optional"`
	Computed bool            `json:"computed"`
}

type blockType struct {
	NestingMode string `json:"nesting_mode"`
	MaxItems    int64  `json:"max_items"`
	MinItems    int64  `json:"min_items"`
	Block       block  `json:"block"`
}

type block struct {
	Attributes map[string]attribute `json:"attributes"`
	BlockTypes map[string]blockType `json:"block_types"`
}

type schema struct {
	Block block `json:"block"`
}

type schemas struct {
	Provider  schema            `json:"provider"`
	Resources map[string]schema `json:"resource_schemas"`
}

var nestings = map[string]tfprotov5.SchemaNestedBlockNestingMode{
	"list": tfprotov5.SchemaNestedBlockNestingModeList,
	"set":  tfprotov5.SchemaNestedBlockNestingModeSet,
}

func protocolBlock(from block) (*tfprotov5.SchemaBlock, error) {
	to := &tfprotov5.SchemaBlock{}
	for name, one := range from.Attributes {
		kind, err := tftypes.ParseJSONType(one.Type) //nolint:staticcheck // The only reader of this form.
		if err != nil {
			return nil, err
		}
		to.Attributes = append(to.Attributes, &tfprotov5.SchemaAttribute{
			Name: name, Type: kind, Required: one.Required, Optional: one.Optional, Computed: one.Computed,
		})
	}
	for name, one := range from.BlockTypes {
		inner, err := protocolBlock(one.Block)
		if err != nil {
			return nil, err
		}
		to.BlockTypes = append(to.BlockTypes, &tfprotov5.SchemaNestedBlock{
			TypeName: name, Nesting: nestings[one.NestingMode], MinItems: one.MinItems, MaxItems: one.MaxItems, Block: inner,
		})
	}
	return to, nil
}

func readSchemas(path string) (*tfprotov5.GetProviderSchemaResponse, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var read schemas
	if err := json.Unmarshal(text, &read); err != nil {
		return nil, err
	}
	own, err := protocolBlock(read.Provider.Block)
	if err != nil {
		return nil, err
	}
	answer := &tfprotov5.GetProviderSchemaResponse{
		Provider:        &tfprotov5.Schema{Block: own},
		ResourceSchemas: map[string]*tfprotov5.Schema{},
	}
	for name, one := range read.Resources {
		resource, err := protocolBlock(one.Block)
		if err != nil {
			return nil, err
		}
		answer.ResourceSchemas[name] = &tfprotov5.Schema{Block: resource}
	}
	return answer, nil
}

// Whatever it does not answer is nil, and a crash: validation has no need of it.
type server struct {
	tfprotov5.ProviderServer
	schemas *tfprotov5.GetProviderSchemaResponse
}

func (s server) GetMetadata(context.Context, *tfprotov5.GetMetadataRequest) (*tfprotov5.GetMetadataResponse, error) {
	return &tfprotov5.GetMetadataResponse{}, nil
}

func (s server) GetProviderSchema(context.Context, *tfprotov5.GetProviderSchemaRequest) (*tfprotov5.GetProviderSchemaResponse, error) {
	return s.schemas, nil
}

func (s server) PrepareProviderConfig(_ context.Context, request *tfprotov5.PrepareProviderConfigRequest) (*tfprotov5.PrepareProviderConfigResponse, error) {
	return &tfprotov5.PrepareProviderConfigResponse{PreparedConfig: request.Config}, nil
}

func (s server) ValidateResourceTypeConfig(context.Context, *tfprotov5.ValidateResourceTypeConfigRequest) (*tfprotov5.ValidateResourceTypeConfigResponse, error) {
	return &tfprotov5.ValidateResourceTypeConfigResponse{}, nil
}

func (s server) StopProvider(context.Context, *tfprotov5.StopProviderRequest) (*tfprotov5.StopProviderResponse, error) {
	return &tfprotov5.StopProviderResponse{}, nil
}

func main() {
	answer, err := readSchemas(os.Getenv("ENVSEAL_SCHEMA"))
	if err != nil {
		log.Fatal(err)
	}
	factory := func() tfprotov5.ProviderServer { return server{schemas: answer} }
	if err := tf5server.Serve("registry.opentofu.org/hashicorp/aws", factory); err != nil {
		log.Fatal(err)
	}
}
