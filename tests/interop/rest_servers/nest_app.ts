// Contact groups in NestJS, with its ValidationPipe. Argument: the port.
import 'reflect-metadata';
import {
  Body,
  Controller,
  ForbiddenException,
  Get,
  HttpStatus,
  Module,
  NotFoundException,
  Param,
  ParseIntPipe,
  Patch,
  Res,
  ValidationPipe,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { IsOptional, IsString, MaxLength } from 'class-validator';

class UpdateContactGroupDto {
  @IsOptional()
  @IsString()
  @MaxLength(50)
  name?: string;
}

@Controller('v1/contactGroups')
class ContactGroupsController {
  @Get()
  list() {
    const items = [{ id: 1, name: 'Friends' }];
    return { items, pageNumber: 1, pageSize: 100, pageItemCount: 1 };
  }

  // the groups 1 and 2 can be renamed; 3 is another's, 4 breaks, and there are no others
  @Patch(':id')
  update(
    @Param('id', ParseIntPipe) id: number,
    @Body() changes: UpdateContactGroupDto,
    @Res({ passthrough: true }) response: any,
  ) {
    switch (id) {
      case 1:
        response.status(HttpStatus.NO_CONTENT);
        return undefined;
      case 2:
        return { id, ...changes };
      case 3:
        throw new ForbiddenException('This group is not yours.');
      case 4:
        throw new Error('It broke.');
      default:
        throw new NotFoundException('There is no such group.');
    }
  }
}

@Module({ controllers: [ContactGroupsController] })
class AppModule {}

const app = await NestFactory.create(AppModule);
app.useGlobalPipes(new ValidationPipe());
await app.listen(Number(process.argv[2]), '127.0.0.1');
